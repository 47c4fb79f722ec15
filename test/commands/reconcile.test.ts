import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createServer, type Server } from '../../src/server/server.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let server: Server
afterEach(async () => {
  await server.stop()
  await world.stop()
})

/** The command line as a crew types it, beside the app that runs. */
const cli = (...words: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string }>(resolve => {
    const args = [join('src', 'commands', 'cli.ts'), ...words, '--data', world.folder]
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    )
  })

test('the two sides are compared from the command line: 1 where they differ, repaired on request, then 0', async () => {
  world = await createWorld()
  const app = world.app()
  const log = { info() {}, warn() {}, error() {} }
  server = createServer({
    ...{ app, log, host: '127.0.0.1', port: 0, rendererFolder: null, version: '0.0.0-test' },
  })
  await server.start()
  app.access.managerToken()
  writeFileSync(
    join(world.folder, 'running.json'),
    JSON.stringify({ pid: process.pid, address: server.address() }),
  )
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, wait: true })
  const [entry] = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  world.scoring.editEntry(entry?.entry_id ?? '', { athlete_last_name: 'Tampered' })

  const found = await cli('reconcile', 'Harbor Run')
  expect(found).toMatchObject({ code: 1, out: expect.stringContaining('5.00 % of all people differ') })
  expect(found.out).toContain('athlete_last_name\t1')
  const repaired = await cli('reconcile', 'Harbor Run', '--repair')
  expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('repair completed: 1 pushed') })
  expect(await cli('reconcile', 'Harbor Run')).toMatchObject({ code: 0 })
}, 60_000)
