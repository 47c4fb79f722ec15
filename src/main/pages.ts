import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { contentPolicy, withNonce } from '../app/page-policy.ts'
import { isOurs } from './origin.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Answers requests of our own protocol with the files of one folder and of nothing beside it. */
export function createPages(folder: string): (request: Request) => Promise<Response> {
  const root = resolve(folder)
  const index = join(root, 'index.html')

  function fileOf(address: string): string | null {
    if (!isOurs(address)) return null
    try {
      const path = decodeURIComponent(new URL(address).pathname)
      if (path.includes('\0') || path.includes('\\')) return null
      const file = resolve(root, `.${path}`)
      if (file === root) return index
      if (!file.startsWith(root + sep)) return null
      // A path without an extension is a screen: the page itself finds it.
      return extname(file) === '' ? index : file
    } catch {
      return null
    }
  }

  return async request => {
    const file = fileOf(request.url)
    if (request.method !== 'GET' || file === null) return new Response('refused', { status: 403 })
    const nonce = randomBytes(16).toString('base64')
    const headers = {
      'content-security-policy': contentPolicy(nonce, 'none'),
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    }
    const bytes = await readFile(file).catch(() => null)
    if (bytes === null) return new Response('not found', { status: 404, headers })
    if (file !== index) return new Response(new Uint8Array(bytes), { headers })
    return new Response(withNonce(bytes.toString('utf8'), nonce), { headers })
  }
}
