import type { DisplayDoor } from '../app/app.ts'
import { isAppError } from '../core/errors.ts'
import type { Log } from '../core/runtime.ts'
import type { Server } from './server.ts'

export interface DisplayDoorParts {
  readonly rendererFolder: string | null
  readonly version: string
  readonly log: Log
  /** Default: every network of this machine. */
  readonly host?: string
}

/** A second server, for displays alone: the crew's own stays where it is, on this machine. */
export function createDisplayDoor({
  rendererFolder,
  version,
  log,
  host = '0.0.0.0',
}: DisplayDoorParts): DisplayDoor {
  let open: { readonly server: Server; readonly port: number } | null = null
  return {
    port: () => open?.port ?? null,
    async open(app, wanted) {
      if (open !== null) return
      const listen = async (port: number): Promise<void> => {
        // Only who lets displays in loads the server.
        const { createServer } = await import('./server.ts')
        const server = createServer({ app, host, port, rendererFolder, version, log, displaysOnly: true })
        await server.start()
        open = { server, port: Number(new URL(server.address()).port) }
      }
      try {
        await listen(wanted)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'port.taken') throw error
        await listen(0)
      }
    },
    async close() {
      const closing = open
      open = null
      await closing?.server.stop()
    },
  }
}
