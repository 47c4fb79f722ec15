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
  let ending: Promise<void> = Promise.resolve()

  async function begin(): Promise<Running> {
    // Only who practises loads the rehearsal.
    const { startPractice } = await import('../practice/practice.ts')
    const { practiceFolder } = await import('../practice/folder.ts')
    const folder = await practiceFolder()
    try {
      const practice = await startPractice({
        ...outside,
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
      window.once('closed', () => {
        stop().catch((error: unknown) =>
          outside.log.error({ err: error }, 'the practice race did not end well'),
        )
      })
      return { window, practice, folder }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async function end(open: Promise<Running>): Promise<void> {
    const ended = await open.catch(() => null)
    if (ended === null) return
    if (!ended.window.isDestroyed()) ended.window.destroy()
    await ended.practice.stop()
    rmSync(ended.folder, { recursive: true, force: true })
  }

  /** Whoever quits while it is ending waits for that end: its database would live on. */
  function stop(): Promise<void> {
    const open = running
    running = null
    if (open !== null) ending = ending.catch(() => {}).then(() => end(open))
    return ending
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
