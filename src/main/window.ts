import { join } from 'node:path'
import { BrowserWindow, type Session } from 'electron'
import { ORIGIN, SCHEME } from './origin.ts'
import { createPages } from './pages.ts'
import { guardSession } from './security.ts'

export interface WindowParts {
  readonly title: string
  readonly session: Session
  /** The folder with preload/ and renderer/ as they were built. */
  readonly built: string
}

/** A window on our own pages: sandboxed, isolated, without Node. It shows itself once it has something to show. */
export function openWindow(parts: WindowParts): BrowserWindow {
  const { protocol } = parts.session
  if (!protocol.isProtocolHandled(SCHEME)) {
    guardSession(parts.session)
    protocol.handle(SCHEME, createPages(join(parts.built, 'renderer')))
  }
  const window = new BrowserWindow({
    title: parts.title,
    width: 1366,
    height: 768,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    webPreferences: {
      session: parts.session,
      preload: join(parts.built, 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // The checker's dictionaries come from the net.
      spellcheck: false,
    },
  })
  window.webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  window.on('page-title-updated', event => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  window.loadURL(`${ORIGIN}/index.html`)
  return window
}
