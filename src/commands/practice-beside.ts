import { rmSync } from 'node:fs'
import type { Log } from '../core/runtime.ts'
import { practiceFolder } from '../practice/folder.ts'
import { type Practice, startPractice } from '../practice/practice.ts'
import { FIXTURES, outside } from './project.ts'

export interface PracticeBeside {
  /** Starts it, or gives the running one's address. */
  readonly start: () => Promise<string | null>
  readonly stop: () => Promise<void>
}

/** A practice race beside the real app: own temporary folder, free ports, gone when it stops. */
export function createPracticeBeside(parts: {
  readonly rendererFolder: string | null
  readonly log: Log
  readonly httpPort?: number
  readonly timingPort?: number
  readonly say?: (line: string) => void
}): PracticeBeside {
  let folder: string | null = null
  let running: Promise<Practice> | null = null
  const sweep = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
    folder = null
    running = null
  }
  const begin = async (): Promise<Practice> => {
    folder = await practiceFolder()
    return startPractice({
      ...outside(parts.log),
      dataFolder: folder,
      httpPort: parts.httpPort ?? 0,
      timingPort: parts.timingPort ?? 0,
      rendererFolder: parts.rendererFolder,
      fixturesFolder: FIXTURES,
      ...(parts.say ? { say: parts.say } : {}),
    })
  }
  return {
    async start() {
      running ??= begin()
      try {
        return (await running).signInAddress()
      } catch (error) {
        sweep()
        throw error
      }
    },
    async stop() {
      const practice = await running?.catch(() => null)
      await practice?.stop()
      sweep()
    },
  }
}
