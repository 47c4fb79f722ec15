import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { readOptions } from './options.ts'
import { claimOrigin } from './origin.ts'
import { guardContents } from './security.ts'

// What Electron wants to know before it is ready; all the rest is loaded after that.
claimOrigin()
guardContents(app)

const options = readOptions(process.argv.slice(1))
if (options.data !== null) {
  mkdirSync(options.data, { recursive: true })
  app.setPath('userData', options.data)
}
// What Chromium keeps lies apart from what the crew would back up.
const window = join(app.getPath('userData'), 'window')
mkdirSync(window, { recursive: true })
app.setPath('sessionData', window)

// One app a data folder: a second one shows the first one's window and ends.
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is not ready before this module is, and the shell waits for Electron.
  import('./shell.ts').then(({ runShell }) => runShell(app, options))
} else {
  app.exit(0)
}
