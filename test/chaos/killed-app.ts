import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'

/** The app in a process of its own, always with the same folder, ports and token. */
export interface KilledApp {
  readonly timingPort: number
  readonly mylapsPort: number
  /** What it answers over HTTP, while it lives. @throws when it does not */
  post(path: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  /** @returns a promise of its being up, with the reads it found without their links; null when it was killed before */
  start(): Promise<{ readonly unlinked: number } | null>
  kill(): Promise<void>
  /** As a person stops it. */
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })

const gone = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** @param script app-process, built */
export async function createKilledApp(parts: {
  readonly script: string
  readonly dataFolder: string
  readonly migrations: string
}): Promise<KilledApp> {
  const token = randomBytes(16).toString('hex')
  const timingPort = await freePort()
  const mylapsPort = await freePort()
  const httpPort = await freePort()
  let child: ChildProcess | null = null
  return {
    timingPort,
    mylapsPort,
    async post(path, body) {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/api${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: answer.status, body: await answer.json() }
    },
    start() {
      const made = fork(
        parts.script,
        [parts.dataFolder, parts.migrations, ...[timingPort, mylapsPort, httpPort].map(String)],
        { env: { ...process.env, TRACKSIDE_TOKEN: token } },
      )
      child = made
      return new Promise((resolve, reject) => {
        made.once('message', found => resolve(found as { readonly unlinked: number }))
        made.once('exit', (code, signal) => {
          if (signal === 'SIGKILL') resolve(null)
          else reject(new Error(`the app ended by itself with ${code}`))
        })
      })
    },
    async kill() {
      child?.kill('SIGKILL')
      if (child !== null) await gone(child)
    },
    async stop() {
      child?.send('stop')
      if (child !== null) await gone(child)
    },
  }
}
