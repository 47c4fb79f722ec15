import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import { defaultDataFolder } from '../app/data-folder.ts'
import { readOptions } from './options.ts'
import { claimOrigin } from './origin.ts'
import { guardContents } from './security.ts'

// What Electron wants to know before it is ready; all the rest is loaded after that.
claimOrigin()
guardContents(app)

const options = readOptions(process.argv.slice(1))
// The same folder as without a window: whoever serves once and opens the window next finds everything there.
const data =
  options.data ?? defaultDataFolder({ platform: process.platform, home: homedir(), env: process.env })
mkdirSync(data, { recursive: true })
app.setPath('userData', data)
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
