import { userInfo } from 'node:os'
import { RPCHandler } from '@orpc/server/message-port'
import {
  type IpcMain,
  MessageChannelMain,
  type MessagePortMain,
  type WebContents,
  type WebFrameMain,
} from 'electron'
import type { Who } from '../app/context.ts'
import type { AppRouter } from '../app/router.ts'
import type { Log } from '../core/runtime.ts'
import { asCallError } from '../server/errors.ts'
import { isOurs } from './origin.ts'

/** The contract's door for windows: a page has one port, given when it asks. */
export interface Door {
  /** Whom this window's page talks to, until the window is gone. */
  open(contents: WebContents, router: AppRouter): void
}

export function createDoor(ipc: IpcMain, log: Log): Door {
  const rooms = new Map<WebContents, (frame: WebFrameMain) => void>()

  ipc.on('trackside:port', event => {
    const frame = event.senderFrame
    // Only the page itself: no frame within it, and no page of another origin.
    if (!frame || frame.parent !== null || !isOurs(frame.url)) return
    rooms.get(event.sender)?.(frame)
  })

  return {
    open(contents, router) {
      const handler = new RPCHandler(router, {
        clientInterceptors: [
          async ({ next }) => {
            try {
              return await next()
            } catch (error) {
              throw asCallError(error, log)
            }
          },
        ],
      })
      const who = whoIsHere()
      let current: MessagePortMain | null = null
      rooms.set(contents, frame => {
        const { port1, port2 } = new MessageChannelMain()
        current?.close()
        current = port1
        handler.upgrade(port1, { context: { who } })
        port1.start()
        frame.postMessage('trackside:port', null, [port2])
      })
      contents.once('destroyed', () => rooms.delete(contents))
    },
  }
}

/** Whoever sits at the laptop may do what the crew's lead may; their name goes into the audit. */
function whoIsHere(): Who {
  try {
    return { name: userInfo().username || 'crew', role: 'manager' }
  } catch {
    return { name: 'crew', role: 'manager' }
  }
}
