import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDoor } from './open-door.ts'

function builtPages(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-pages-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(
    join(folder, 'index.html'),
    '<head><meta name="csp-nonce" content=""><script src="./assets/main-1.js"></script></head>',
  )
  writeFileSync(join(folder, 'assets', 'main-1.js'), 'export {}')
  return folder
}

test('everybody gets the page, under a policy with a nonce of its own', async () => {
  const { ask } = await openDoor({ rendererFolder: builtPages() })
  const nonces = new Set<string>()
  for (const path of ['/', '/index.html', '/race-day/5?x=1']) {
    const page = await ask(path, {}, null)
    expect(page.status, path).toBe(200)
    expect(page.headers.get('content-type')).toMatch('text/html')
    const html = await page.text()
    expect(html).toMatch('src="/assets/main-1.js"')
    const nonce = /content="([^"]+)"/.exec(html)?.[1] ?? ''
    nonces.add(nonce)
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self' data:; ` +
        "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    )
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  }
  expect(nonces.size).toBe(3)
})

test('files are served, others are not', async () => {
  const { ask } = await openDoor({ rendererFolder: builtPages() })
  const script = await ask('/assets/main-1.js', {}, null)
  expect(script.status).toBe(200)
  expect(script.headers.get('content-type')).toMatch('javascript')
  expect(script.headers.get('cache-control')).toMatch('immutable')
  expect((await ask('/assets/none.js', {}, null)).status).toBe(404)
  expect((await ask('/assets/..%2f..%2fetc/passwd', {}, null)).status).toBeGreaterThanOrEqual(400)
  expect((await ask('/anything', { method: 'POST' }, null)).status).toBe(404)
})

test.each([null, '/nowhere/at/all'])(
  'pages that are not built (%s) are said in words',
  async rendererFolder => {
    const { ask } = await openDoor({ rendererFolder })
    const page = await ask('/', {}, null)
    expect(page.status).toBe(503)
    expect(await page.text()).toMatch('npm run build')
  },
)
