import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { sweepPractice } from '../../src/practice/folder.ts'
import { createHubServer } from '../../src/replication/hub/server.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'

const quiet = { info() {}, warn() {}, error() {} }

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', ''])
  await new Promise(resolve => child.once('exit', resolve))
  return child.pid ?? expect.unreachable()
}

test('a practice race that was killed leaves neither its database running nor its folder', async () => {
  const within = mkdtempSync(join(tmpdir(), 'trackside-sweep-'))
  // As root the database's own user must get through.
  chmodSync(within, 0o711)
  onTestFinished(() => rmSync(within, { recursive: true, force: true }))
  const killed = join(within, `trackside-practice-${await deadProcess()}-abc`)
  const living = join(within, `trackside-practice-${process.pid}-abc`)
  const others = join(within, 'trackside-somebody')
  for (const folder of [killed, living, others]) mkdirSync(folder)
  const secrets = createMemorySecrets()
  const server = createHubServer({
    ...{ dataFolder: killed, binariesFolder: null, port: 0, reach: 'loopback' },
    ...{ secrets: () => secrets, clock: Date.now, log: quiet, lookEveryMs: 600_000 },
  })
  await server.start()
  const owner = server.owner()
  const answers = async (): Promise<boolean> => {
    const client = new pg.Client({ ...owner, connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    return client.connect().then(
      async () => {
        await client.end()
        return true
      },
      () => false,
    )
  }
  expect(await answers()).toBe(true)
  await sweepPractice(within)
  expect([killed, living, others].map(folder => existsSync(folder))).toEqual([false, true, true])
  expect(await answers()).toBe(false)
  await server.stop()
}, 120_000)
