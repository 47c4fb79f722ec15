import { app, protocol } from 'electron'

/**
 * An own protocol has to be named before Electron is ready. A loader that does not wait for our modules (a stand-in
 * for Electron's own, started on a folder) makes us late for that: then we answer https ourselves, all of it.
 */
const inTime = !app.isReady()
const HOST = inTime ? 'app' : 'trackside.invalid'

export const SCHEME = inTime ? 'trackside' : 'https'

/** Where the window's pages live: nothing in it runs with a file's rights, and nothing comes from the net. */
export const ORIGIN = `${SCHEME}://${HOST}`

/** To be done first of all. */
export function claimOrigin(): void {
  if (!inTime) return
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  app.enableSandbox()
}

/** Whether an address is one of our own pages. */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === `${SCHEME}:` && url.host === HOST
}
