import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserWindow, session } from 'electron'
import type { Surroundings } from '../app/app.ts'
import type { Practice } from '../practice/practice.ts'
import type { Door } from './door.ts'
import { openWindow } from './window.ts'

export interface PracticeParts {
  readonly door: Door
  /** The app's own folder. */
  readonly root: string
  readonly outside: Surroundings
}

export interface PracticeWindow {
  /** Opens it, or shows the open one. Null: there is no address to go to. */
  readonly show: () => Promise<null>
  readonly stop: () => Promise<void>
}

interface Running {
  readonly window: BrowserWindow
  readonly practice: Practice
  readonly folder: string
}

/** A practice race beside the real app: own folder, own session, own window. Nothing of it is kept. */
export function createPracticeWindow({ door, root, outside }: PracticeParts): PracticeWindow {
  let running: Promise<Running> | null = null

  async function begin(): Promise<Running> {
    // Only who practises loads the rehearsal.
    const { startPractice } = await import('../practice/practice.ts')
    const { practiceFolder } = await import('../practice/folder.ts')
    const folder = await practiceFolder()
    try {
      // Without a central database: started from Electron, its server's start is never heard to end.
      const { centralMigrations: _, ...surroundings } = outside
      const practice = await startPractice({
        ...surroundings,
        dataFolder: folder,
        httpPort: null,
        timingPort: 0,
        rendererFolder: join(root, 'out', 'renderer'),
        fixturesFolder: join(root, 'test', 'fixtures', 'controller-files'),
      })
      const window = openWindow({
        title: 'Trackside – practice race, nothing here is real',
        // Kept in memory: what the page remembers of a practice goes with it.
        session: session.fromPartition('practice'),
        built: join(root, 'out'),
      })
      door.open(window.webContents, practice.app.router)
      window.once('closed', () => void stop())
      return { window, practice, folder }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async function stop(): Promise<void> {
    const ending = running
    running = null
    const ended = await ending?.catch(() => null)
    if (!ended) return
    if (!ended.window.isDestroyed()) ended.window.destroy()
    await ended.practice.stop()
    rmSync(ended.folder, { recursive: true, force: true })
  }

  return {
    async show() {
      running ??= begin()
      try {
        const { window } = await running
        window.focus()
      } catch (error) {
        running = null
        throw error
      }
      return null
    },
    stop,
  }
}
