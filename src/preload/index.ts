import { contextBridge, ipcRenderer } from 'electron'

/** The page asks itself for a port, and again when that one closed; main answers with one. Nothing else of Electron reaches the page. */
window.addEventListener('message', event => {
  if (event.source !== window || event.data?.type !== 'trackside:ask-port') return
  ipcRenderer.postMessage('trackside:port', null)
})

ipcRenderer.on('trackside:port', event => {
  window.postMessage({ type: 'trackside:port' }, window.location.origin, [...event.ports])
})

contextBridge.exposeInMainWorld('tracksideShell', { platform: process.platform })
