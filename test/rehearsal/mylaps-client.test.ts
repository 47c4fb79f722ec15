import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMylapsClient, type MylapsClient } from '../../src/rehearsal/mylaps-client.ts'

const RESEND_MS = 20_000

let server: Server
let socket: Socket
let heard: string
let client: MylapsClient
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  heard = ''
  server = createServer(opened => {
    socket = opened
    opened.on('data', chunk => {
      heard += String(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  client = createMylapsClient({
    ...{ host: '127.0.0.1', port, zone: 'UTC', version: 1, raceName: 'Harbor Run', locations: ['Finish'] },
    resendMs: RESEND_MS,
  })
  await client.start()
  await vi.waitFor(() => expect(heard).toContain('@Pong@$'))
  socket.write('Trackside@AckPong@Version2.1@c@$')
})
afterEach(async () => {
  await client.stop()
  socket.destroy()
  server.close()
  vi.useRealTimers()
})

/** Numbers of the messages, as they came. */
const came = (...numbers: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(heard.match(/\d+(?=@\$)/g)?.map(Number)).toEqual(numbers), 5000)

test('a message is sent again when it was unanswered for so long, not when it has only just left', async () => {
  client.push({ location: 'Finish', chip: '0000001', at: 0 })
  await came(1)
  vi.advanceTimersByTime(RESEND_MS)
  client.push({ location: 'Finish', chip: '0000002', at: 0 })
  await came(1, 2)
  vi.advanceTimersByTime(RESEND_MS)
  await came(1, 2, 1)
  socket.write('Trackside@AckStore@1@$')
  await vi.waitFor(() => expect(client.waiting).toBe(1), 5000)
  vi.advanceTimersByTime(RESEND_MS)
  await came(1, 2, 1, 2)
})
