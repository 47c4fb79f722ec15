import { afterEach, describe, expect, test } from 'vitest'
import { contract } from '../../src/api/contract.ts'
import { ROLES } from '../../src/core/model.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World | null = null
afterEach(async () => {
  await world?.stop()
  world = null
})

const procedures = Object.entries(contract).flatMap(([room, group]) =>
  Object.entries(group).map(([name, procedure]) => ({
    name: `${room}.${name}`,
    definition: procedure['~orpc'],
  })),
)

describe('every procedure', () => {
  test.each(procedures)('$name says who may call it and how HTTP reaches it', ({ definition }) => {
    expect(ROLES).toContain((definition.meta as { role?: string }).role)
    expect(definition.route.method).toBeDefined()
    expect(definition.route.path).toMatch(/^\//)
  })

  test('that changes something is beyond a display', () => {
    for (const { name, definition } of procedures) {
      if (definition.route.method !== 'GET')
        expect((definition.meta as { role?: string }).role, name).not.toBe('display')
    }
  })
})

test('a display that tries to write is refused, and nothing is written', async () => {
  world = await createWorld()
  const display = world.callAs('display', 'finish screen')
  await expect(display.timing.addSession({ sessionName: 'Mine' })).rejects.toMatchObject({
    code: 'auth.forbidden',
    status: 403,
    message: 'This needs the role crew; finish screen has display.',
  })
  expect((await world.call().timing.sessions()).sessions).toEqual([])
})

test('a display sees reads with names, and nothing that lets anybody be written to', async () => {
  world = await createWorld()
  const display = world.callAs('display')
  await expect(display.raceDay.lookup({ q: 'a' })).rejects.toMatchObject({ code: 'auth.forbidden' })
  expect(await display.timing.reads({})).toEqual({ reads: [], next: null })
})
