import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import { runningTimers, watchTimers } from './timers.ts'

/**
 * A test file that leaves a service running fails: a listener, a connection, a child process or a timer that keeps
 * the process alive. Idle kept-alive connections don't, so they don't count; what is just closing gets two seconds.
 */
const COUNTED: Readonly<Record<string, string>> = {
  TCPServerWrap: 'a TCP listener',
  TCPSocketWrap: 'a TCP connection',
  UDPWrap: 'a UDP socket',
  PipeServerWrap: 'a local listener',
  ProcessWrap: 'a child process',
  FSEventWrap: 'a file watcher',
  StatWatcher: 'a file watcher',
}

const GRACE_MS = 2_000

const handles = (): readonly string[] => process.getActiveResourcesInfo().flatMap(kind => COUNTED[kind] ?? [])

let before: readonly string[] = []

function left(): readonly string[] {
  const known = [...before]
  const newer = handles().filter(kind => {
    const at = known.indexOf(kind)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
  return [...newer, ...runningTimers()]
}

watchTimers()

beforeAll(() => {
  before = handles()
})

afterAll(async () => {
  for (let waited = 0; left().length > 0 && waited < GRACE_MS; waited += 50) await wait(50)
  const running = left()
  if (running.length > 0) throw new Error(`left running at the end of this file: ${running.join(', ')}`)
})
