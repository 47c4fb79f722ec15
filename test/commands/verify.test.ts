import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServer } from '../../src/server/server.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let folder: string
beforeEach(async () => {
  world = await createWorld()
  folder = join(mkdtempSync(join(tmpdir(), 'trackside-verify-')), 'data')
})
afterEach(async () => {
  await world.stop()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

/** The command line as a user types it. */
const cli = (env: Readonly<Record<string, string>>, dataFolder: string, ...words: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly errors: string }>(resolve => {
    const args = [join('src', 'commands', 'cli.ts'), 'verify', ...words, '--data', dataFolder]
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout, errors: stderr }),
    )
  })

/** RunSignUp's keys as variables. */
const keys = () => ({ RUNSIGNUP_API_KEY: world.keys.api_key, RUNSIGNUP_API_SECRET: world.keys.api_secret })
const at = () => ['--setting', `base_url=${world.runSignUp.url}`]
const secrets = () => [...Object.values(world.keys), world.login.password]

test('with keys from the environment: 0 where nothing deviates, 1 with each deviation named, and no key told', async () => {
  const clean = await cli(keys(), folder, 'runsignup', ...at())
  expect(clean).toMatchObject({ code: 0, errors: '' })
  expect(clean.out).toMatch(/^ok +participants .*20 people of 5K/m)
  expect(clean.out).toMatch(/^cannot +push .*people register there/m)
  expect(clean.out).toMatch(/^skipped +write-back .*--write/m)
  expect(clean.out).toContain('Nothing deviates')

  world.runSignUp.faults.add({
    kind: 'bent',
    path: '/participants',
    times: Number.POSITIVE_INFINITY,
    bends: [
      { kind: 'renamed', field: 'last_name', to: 'surname' },
      { kind: 'retyped', field: 'age', as: 'text' },
      { kind: 'deaf', word: 'results_per_page' },
    ],
  })
  const bent = await cli(keys(), folder, 'runsignup', ...at())
  expect(bent.code).toBe(1)
  expect(bent.out).toMatch(/^DEVIATES +participants/m)
  expect(bent.out).toMatch(
    /user\.last_name: expected text, came nothing; new there: .*user\.surname \(20 times\)/,
  )
  expect(bent.out).toMatch(/\[\]\.age: expected a number, came a number as text \(20 times\)/)
  expect(bent.out).toMatch(/paging: expected 2 rows for results_per_page=2, came 20 rows/)
  expect(bent.out).toContain('3 deviations in 1 operation')
  for (const secret of secrets()) expect(JSON.stringify([clean, bent])).not.toContain(secret)
  expect(world.runSignUp.calls.every(({ method }) => method === 'GET')).toBe(true)
}, 180_000)

test('as JSON it says the same, and of trouble too', async () => {
  const found = await cli(keys(), folder, 'runsignup', ...at(), '--json')
  expect(found.code).toBe(0)
  const { ok, provider, findings } = JSON.parse(found.out)
  expect({ ok, provider }).toEqual({ ok: true, provider: 'runsignup' })
  expect(findings[0]).toMatchObject({ operation: 'authenticate', outcome: 'ok' })
  const refused = await cli({}, folder, 'runsignup', '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.out).error).toMatchObject({ code: 'provider.keys-refused' })
}, 180_000)

test('without keys, with a secret on the command line, for nobody and without a network it says so in words', async () => {
  const bare = await cli({}, folder, 'runsignup')
  expect(bare).toMatchObject({ code: 1, out: '' })
  expect(bare.errors).toMatch(/--connection NAME.*\n.*RUNSIGNUP_API_KEY.*\n.*RUNSIGNUP_API_SECRET/)
  const told = await cli(keys(), folder, 'runsignup', '--setting', 'api_secret=oh-no')
  expect(told).toMatchObject({ code: 2, out: '' })
  expect(told.errors).toContain('put it into the variable RUNSIGNUP_API_SECRET')
  expect(told.errors).not.toContain('oh-no')
  expect(await cli({}, folder, 'nobody')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('There is: runsignup'),
  })
  const unnamed = await cli(keys(), folder, 'runsignup', ...at(), '--write')
  expect(unnamed).toMatchObject({ code: 2, errors: expect.stringContaining('--event') })
  expect(world.runSignUp.calls).toEqual([])
  world.runSignUp.faults.down = true
  const down = await cli(keys(), folder, 'runsignup', ...at())
  expect(down.code).toBe(1)
  expect(down.out).toMatch(/^FAILED +authenticate .*Not reached/m)
}, 180_000)

test('with a connection’s keys the app that runs is asked; a test entry makes its push observed there', async () => {
  const server = createServer({
    ...{ app: world.app(), log: { info() {}, warn() {}, error() {} } },
    ...{ host: '127.0.0.1', port: 0, rendererFolder: null, version: '0.0.0-test' },
  })
  await server.start()
  try {
    world.app().access.managerToken()
    const running = { pid: process.pid, address: server.address() }
    writeFileSync(join(world.folder, 'running.json'), JSON.stringify(running))
    const { id } = await world.connect({ inferredAllowed: false })
    const looked = await cli({}, world.folder, 'ctlive', '--connection', 'Harbor Run')
    expect(looked.out).toMatch(/^skipped +push/m)
    expect(world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })).toEqual([])
    expect((await world.call().sync.manual({ connectionId: id, wait: true })).operation?.status).toBe('held')

    const wrote = await cli(
      {},
      world.folder,
      'ctlive',
      '--connection',
      id,
      '--event',
      '5K',
      '--write',
      '--bib',
      '9901',
    )
    expect(wrote.out).toMatch(/^ok +push .*counts as observed with this account now/m)
    expect((await world.call().connections.get({ id })).confirmed).toMatchObject([
      { side: 'target', operation: 'push', how: 'checked: a test entry came back as sent' },
    ])
    for (const secret of secrets()) expect(JSON.stringify([looked, wrote])).not.toContain(secret)
    const run = await world.call().sync.manual({ connectionId: id, wait: true })
    expect(run.operation).toMatchObject({ status: 'completed', pushedRecords: 20 })
    expect(await cli({}, world.folder, 'haku', '--connection', id)).toMatchObject({
      errors: expect.stringContaining('has nothing to do with Haku'),
    })
  } finally {
    await server.stop()
  }
}, 180_000)
