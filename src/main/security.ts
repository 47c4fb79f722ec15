import type { App, Session, WebContents } from 'electron'
import { isOurs, ORIGIN } from './origin.ts'

/** Nothing that a page does leads out of the app: no other origin, window, webview or permission. */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
}

function guard(contents: WebContents): void {
  contents.on('will-navigate', event => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', event => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', event => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', event => event.preventDefault())
  // No page links to the outside today. One that does needs a list of addresses before shell.openExternal.
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** "Copy" buttons write to the clipboard. Nothing else is asked for, and reading it is not among them. */
const ALLOWED_PERMISSIONS: readonly string[] = ['clipboard-sanitized-write']

/** Shuts a session's ways to the net: permissions, requests, downloads. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(isOurs(contents.getURL()) && ALLOWED_PERMISSIONS.includes(permission))
  })
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return isOurs(origin) && ALLOWED_PERMISSIONS.includes(permission)
  })
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest((request, answer) => {
    answer({ cancel: !mayLoad(request.url) })
  })
  session.on('will-download', (event, item) => {
    // Exports are made in the page; nothing is fetched from elsewhere.
    if (!item.getURL().startsWith(`blob:${ORIGIN}/`)) event.preventDefault()
  })
}

function mayLoad(address: string): boolean {
  return (
    isOurs(address) ||
    address.startsWith(`blob:${ORIGIN}/`) ||
    address.startsWith('data:image/') ||
    address.startsWith('devtools://')
  )
}
