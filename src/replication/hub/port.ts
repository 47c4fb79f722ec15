import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'

/** Tried first by a hub that never ran; nobody else's by custom. */
const USUAL_PORT = 54_385

/** What a port of a host is when asked for: free, or why it is not. 0 asks for any. */
function tryPort(port: number, host: string): Promise<{ readonly port: number } | { readonly code: string }> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve({ code: 'code' in error ? String(error.code) : '' }))
    server.listen(port, host, () => {
      const address = server.address()
      const got = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve({ port: got }))
    })
  })
}

function keptPort(file: string): number | null {
  try {
    const port = Number(existsSync(file) ? readFileSync(file, 'utf8') : Number.NaN)
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null
  } catch {
    return null
  }
}

/**
 * The hub's port, the same from start to start, because laptops joined with it.
 * @param chosen by a person; null: the last one, or one that is free
 * @throws AppError port.taken
 */
export async function hubPort(home: string, chosen: number | null, host: string): Promise<number> {
  const file = join(home, 'port')
  const wanted = chosen ?? keptPort(file)
  let found = await tryPort(wanted ?? USUAL_PORT, host)
  if (wanted === null && 'code' in found) found = await tryPort(0, host)
  if ('code' in found) {
    const why =
      found.code === 'EADDRINUSE'
        ? 'another program holds it, perhaps a second Trackside or a PostgreSQL of this laptop. Close that program'
        : `this computer does not allow it (${found.code}). Start Trackside with the right to`
    throw new AppError(
      'port.taken',
      `The hub cannot listen on port ${wanted}: ${why}, or choose another port: the laptops then join again with a new code.`,
      { retriable: true },
    )
  }
  writeFileSync(`${file}.new`, `${found.port}\n`)
  renameSync(`${file}.new`, file)
  return found.port
}
