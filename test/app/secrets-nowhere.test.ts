import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

test('a canary key is found nowhere but where keys are kept: not in the database, a log or an answer', async () => {
  const logged: unknown[] = []
  const write = (...said: unknown[]): void => void logged.push(said)
  world = await createWorld({ config: { log: { info: write, warn: write, error: write } } })
  const connection = await world.connect()
  const answers: unknown[] = [connection]
  answers.push(await world.call().connections.test({ id: connection.id }))
  answers.push(await world.call().sync.manual({ connectionId: connection.id, wait: true }))
  for (const kind of ['html', 'half', 'cut'] as const) {
    world.runSignUp.faults.add({ path: '/participants', kind, times: 3 })
    world.ctlive.faults.add({ kind, times: 3 })
    answers.push(await world.call().connections.test({ id: connection.id }))
    answers.push(await world.call().sync.manual({ connectionId: connection.id, wait: true }))
    world.runSignUp.faults.clear()
    world.ctlive.faults.clear()
  }
  world.runSignUp.faults.add({
    path: '/participants',
    kind: 'status',
    status: 500,
    body: `oops ${world.keys.api_secret}`,
    times: 9,
  })
  answers.push(await world.call().sync.manual({ connectionId: connection.id, wait: true, full: true }))
  answers.push(await world.call().connections.list())
  answers.push(await world.call().system.audit({}))
  answers.push(await world.call().system.details())
  const files = readdirSync(world.folder).map(name =>
    readFileSync(join(world.folder, name)).toString('latin1'),
  )
  const everything = JSON.stringify([logged, answers]) + files.join()
  expect(everything).toContain('Harbor Run')
  expect(everything).not.toContain('canary')
}, 30_000)
