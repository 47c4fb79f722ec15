import { join } from 'node:path'
import { type BrowserWindow, dialog, type App as Electron, ipcMain, Menu, session } from 'electron'
import type { App, AppConfig, Surroundings } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import { createLog } from '../app/log.ts'
import { AppError, isAppError } from '../core/errors.ts'
import { createDisplayDoor } from '../server/display-door.ts'
import { findRunning, markRunning } from '../server/running.ts'
import { createDoor } from './door.ts'
import { buildMenu } from './menu.ts'
import type { Options } from './options.ts'
import { createPracticeWindow } from './practice-window.ts'
import { stopBeforeQuit } from './stop.ts'
import { openWindow } from './window.ts'

/** The app in its window, from start to end. */
export async function runShell(electron: Electron, options: Options): Promise<void> {
  const log = createLog({ folder: electron.getPath('userData'), stderr: 'everything' })
  const door = createDoor(ipcMain, log)
  let window: BrowserWindow | null = null

  electron.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  electron.on('window-all-closed', () => electron.quit())
  await electron.whenReady()
  Menu.setApplicationMenu(
    buildMenu({ development: !electron.isPackaged, mac: process.platform === 'darwin' }),
  )

  const root = electron.getAppPath()
  const outside: Surroundings = {
    migrations: join(root, 'drizzle', 'local'),
    centralMigrations: join(root, 'drizzle', 'central'),
    version: electron.getVersion(),
    clock: Date.now,
    fetch: globalThis.fetch,
    log,
    nativeBinding: process.env.BETTER_SQLITE3_BINDING,
    checkpointThread: join(root, 'out', 'main', 'checkpoint-thread.js'),
    countingThread: join(root, 'out', 'main', 'counting-thread.js'),
  }
  const practice = createPracticeWindow({ door, root, outside })
  const app = await opened({
    ...outside,
    dataFolder: electron.getPath('userData'),
    timingPort: options.timingPort,
    mylapsPort: options.mylapsPort,
    schedule: true,
    startPractice: practice.show,
    hub: { binariesFolder: null, reach: 'lan' },
    displayDoor: createDisplayDoor({
      rendererFolder: join(root, 'out', 'renderer'),
      version: outside.version,
      log,
    }),
  })
  if (app === null) return electron.exit(1)

  const unmark = markRunning(app.config.dataFolder, null)
  stopBeforeQuit(electron, log, async () => {
    await practice.stop()
    await app.stop()
    unmark()
  })
  window = openWindow({ title: 'Trackside', session: session.defaultSession, built: join(root, 'out') })
  window.once('closed', () => electron.quit())
  door.open(window.webContents, app.router)
}

/** Opens and starts the app. What keeps its database from opening is said in words, and there is no app then. */
async function opened(config: AppConfig): Promise<App | null> {
  try {
    await alone(config)
    const app = await createApp(config)
    await app.start()
    return app
  } catch (error) {
    const message = isAppError(error) ? error.message : `This should not happen: ${String(error)}`
    config.log.error({ err: error }, message)
    dialog.showErrorBox('Trackside cannot start', message)
    return null
  }
}

/** Other windows are kept away by the single instance lock; a served app by its answer. A killed one gives none. */
async function alone({ dataFolder, fetch }: AppConfig): Promise<void> {
  const other = await findRunning(dataFolder, fetch)
  if (other?.address) {
    throw new AppError('conflict', `Trackside already works with ${dataFolder}, at ${other.address}.`)
  }
}
