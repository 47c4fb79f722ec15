import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { afterEach, describe, expect, test } from 'vitest'
import { type Contract, contract } from '../../src/api/contract.ts'
import type { Told } from '../../src/api/displays.ts'
import type { ProcedureMeta } from '../../src/api/route.ts'
import { DEFAULT_LOOK, DISPLAY_FIELDS } from '../../src/core/display.ts'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createDisplayDoor } from '../../src/server/display-door.ts'
import { createServer, type Server } from '../../src/server/server.ts'
import { createWorld, type World } from '../support/world.ts'

type Client = ContractRouterClient<Contract>

const quiet = { info() {}, warn() {}, error() {} }
const CANARIES = {
  email: 'canary-mail@example.com',
  phone: '555-0142-canary',
  date_of_birth: '1931-02-03',
  emergency_contact: 'Canary Contact',
  note: 'canary-note',
}

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** A race day with people, a session, and the app over HTTP. */
async function createRace(config: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld({ people: 12, timingPort: 0, ...config })
  cleanups.push(() => world.stop())
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, operation: 'participants', wait: true })
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  if (day === undefined) throw new Error('no race day')
  await world.call().timing.addSession({ sessionName: 'now', raceDayId: day.id, timezone: 'UTC' })
  return { world, day }
}

async function serve(world: World): Promise<Server> {
  const server = createServer({
    app: world.app(),
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    version: '0',
    log: quiet,
  })
  await server.start()
  cleanups.push(() => server.stop())
  return server
}

const plain: Omit<Parameters<Client['displays']['add']>[0], 'name' | 'raceDayId'> = {
  locations: [],
  comesFrom: [],
  mode: 'crossings',
  layoutId: null,
}

const heard: string[] = []
/** A display as the wall has it: by its address alone; everything it receives is kept in `heard`. */
const onTheWall = (url: string, address: string): Client =>
  createORPCClient(
    new RPCLink({
      url: `${url}/rpc`,
      headers: { authorization: `Bearer ${address}` },
      fetch: async (request, init) => {
        const answer = await fetch(request, init)
        if (answer.body === null) return answer
        const text = new TextDecoder()
        const keeping = new TransformStream<Uint8Array, Uint8Array>({
          transform(bytes, out) {
            heard.push(text.decode(bytes, { stream: true }))
            out.enqueue(bytes)
          },
        })
        return new Response(answer.body.pipeThrough(keeping), answer)
      },
    }),
  )

async function startReader(world: World) {
  const reader = createCtp01Client({
    host: '127.0.0.1',
    port: world.app().timingPort() ?? 0,
    clock: Date.now,
    zone: 'UTC',
    eventName: 'NOW',
    locations: ['10K', 'FINISH'],
    connectionId: 'displays-1',
    reconnectMs: 50,
  })
  await reader.start()
  cleanups.push(() => reader.stop())
  return (bib: string, location = 'FINISH', at = Date.now()) =>
    reader.push({ location, tag: bib, at, readerId: 'R1', gator: 1 })
}

/** Follows a feed until enough new crossings came. */
async function crossingsOf(feed: AsyncIterable<Told>, wanted: number) {
  const found: (string | null)[] = []
  for await (const told of feed) {
    if (told.kind === 'crossings' && told.isNew) found.push(...told.crossings.map(({ bib }) => bib))
    if (found.length >= wanted) break
  }
  return found
}

describe('an address', () => {
  test('survives a restart, and opens nothing once it is taken back', async () => {
    const { world, day } = await createRace()
    const display = await world.call().displays.add({ ...plain, name: 'Finish', raceDayId: day.id })
    expect(display.address).toMatch(/^[A-HJKMNP-Z2-9]{8}$/)
    await world.restart()
    const { address } = await serve(world).then(server => ({ address: server.address() }))
    const wall = onTheWall(address, display.address.toLowerCase())
    expect(await wall.displays.show({})).toMatchObject({ name: 'Finish', mode: 'crossings' })

    const renewed = await world.call().displays.update({ id: display.id, newAddress: true })
    expect(renewed.address).not.toBe(display.address)
    await expect(wall.displays.show({})).rejects.toMatchObject({ code: 'auth.required', status: 401 })
    await world.call().displays.remove({ id: display.id })
    await expect(onTheWall(address, renewed.address).displays.show({})).rejects.toMatchObject({ status: 401 })
  })

  test('does not stand in the way of a token that looks like one', async () => {
    const { world } = await createRace()
    const { access } = world.app()
    expect(access.find('ABCDEFGH')).toBeNull()
    expect(access.find(access.managerToken('ABCDEFGH'))).toEqual({ name: 'manager', role: 'manager' })
  })

  test('ends an open feed when it is taken back', async () => {
    const { world, day } = await createRace()
    const display = await world.call().displays.add({ ...plain, name: 'Finish', raceDayId: day.id })
    const server = await serve(world)
    const feed = await onTheWall(server.address(), display.address).displays.feed({})
    const ended = crossingsOf(feed, 1)
    await expect.poll(async () => (await world.call().displays.list()).displays[0]?.watching).toBe(1)
    await world.call().displays.remove({ id: display.id })
    expect(await ended).toEqual([])
  })

  test("opens its display's procedures, and no other of the contract", async () => {
    const { world, day } = await createRace()
    const mine = await world.call().displays.add({ ...plain, name: 'Mine', raceDayId: day.id })
    const other = await world.call().displays.add({ ...plain, name: 'Other', raceDayId: day.id })
    const server = await serve(world)
    const wall = onTheWall(server.address(), mine.address)
    const open: string[] = []
    for (const [room, group] of Object.entries(contract)) {
      for (const [name, procedure] of Object.entries(group)) {
        const { ofDisplays } = procedure['~orpc'].meta as ProcedureMeta
        if (ofDisplays) {
          open.push(`${room}.${name}`)
          continue
        }
        const call = (
          wall as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>
        )[room]?.[name]
        await expect(call?.({}), `${room}.${name}`).rejects.toMatchObject({
          code: 'auth.forbidden',
          status: 403,
        })
      }
    }
    expect(open.sort()).toEqual(
      ['announcer', 'counts', 'feed', 'image', 'show'].map(name => `displays.${name}`),
    )
    await expect(wall.displays.show({ id: other.id })).rejects.toMatchObject({ code: 'auth.forbidden' })
    const answer = await fetch(`${server.address()}/api/openapi.json`, {
      headers: { authorization: `Bearer ${mine.address}` },
    })
    expect(answer.status).toBe(403)
  })
})

test('who crosses is on the wall while reads arrive, each once, and nothing personal ever', async () => {
  heard.length = 0
  const { world, day } = await createRace()
  const { matches } = await world.call().raceDay.lookup({ bib: '7' })
  const person = matches[0]
  if (person === undefined) throw new Error('nobody has bib 7')
  for (const [field, value] of Object.entries(CANARIES))
    await world.call().raceDay.decide({ id: person.id, field: field as 'email', value })
  const look = { ...DEFAULT_LOOK, fields: [...DISPLAY_FIELDS], messages: [...DEFAULT_LOOK.messages] }
  const layout = await world
    .call()
    .displays.addLayout({ name: 'All', look, logoId: null, backgroundId: null })
  const add = (mode: 'crossings' | 'announcer' | 'pre-race' | 'counts') =>
    world.call().displays.add({ ...plain, mode, name: mode, raceDayId: day.id, layoutId: layout.id })
  const finish = await add('crossings')
  const server = await serve(world)
  const wall = onTheWall(server.address(), finish.address)
  const push = await startReader(world)
  const found = crossingsOf(await wall.displays.feed({}), 4)
  await new Promise(resolve => setTimeout(resolve, 300))
  push('7', '10K')
  push('3', '10K')
  push('7')
  push('7')
  push('1')
  push('999999')
  push('12', 'FINISH', Date.now() - 3_600_000)
  push('2')
  push('9')
  expect(await found).toEqual(['7', '1', '2', '9'])

  const before = onTheWall(server.address(), (await add('pre-race')).address)
  const checkedIn = crossingsOf(await before.displays.feed({}), 1)
  await new Promise(resolve => setTimeout(resolve, 300))
  await world.call().raceDay.decide({ id: person.id, field: 'checked_in_at', value: Date.now() })
  expect(await checkedIn).toEqual(['7'])
  for await (const told of await before.displays.feed({})) {
    if (told.kind !== 'crossings') continue
    expect(told.crossings).toMatchObject([{ bib: '7', raceTimeMs: null, chipTimeMs: null, message: null }])
    break
  }

  const announcer = await onTheWall(server.address(), (await add('announcer')).address).displays.announcer({})
  expect(announcer.people.map(({ bib }) => bib)).toEqual(['3'])
  expect(announcer).toMatchObject({ total: 1, from: [{ location: '10K', people: 1 }] })
  const counts = await onTheWall(server.address(), (await add('counts')).address).displays.counts({})
  expect(counts).toMatchObject({ registered: 12, finished: 5, checkedIn: 1 })
  await wall.displays.show({})

  const everything = heard.join('')
  expect(everything).toMatch(`${person.firstName} ${person.lastName}`)
  for (const canary of Object.values(CANARIES)) expect(everything).not.toContain(canary)
  const { participants } = await world.call().raceDay.participants({ eventId: person.eventId })
  for (const { email, phone, dateOfBirth, emergencyContact, sourceParticipantId } of participants) {
    for (const secret of [email, phone, dateOfBirth, emergencyContact].filter(Boolean))
      expect(everything).not.toContain(secret)
    expect(everything).not.toContain(`"${sourceParticipantId}"`)
  }
}, 20_000)

test('what a layout does not choose stays on the laptop, and its images go to its own displays alone', async () => {
  const { world, day } = await createRace()
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]).toString('base64')
  const { id: logoId } = await world.call().displays.addImage({ data: png })
  expect(await world.call().displays.addImage({ data: png })).toEqual({ id: logoId })
  const refused = world.call().displays.addImage({ data: Buffer.from('<html>').toString('base64') })
  await expect(refused).rejects.toMatchObject({ code: 'input.invalid' })
  const look = { ...DEFAULT_LOOK, fields: ['bib' as const], messages: [] }
  const layout = await world.call().displays.addLayout({ name: 'Bare', look, logoId, backgroundId: null })
  const bare = await world
    .call()
    .displays.add({ ...plain, name: 'A', raceDayId: day.id, layoutId: layout.id })
  const other = await world.call().displays.add({ ...plain, name: 'B', raceDayId: day.id })
  const server = await serve(world)
  const wall = onTheWall(server.address(), bare.address)
  expect(await wall.displays.image({ imageId: logoId })).toEqual({ mediaType: 'image/png', data: png })
  const foreign = onTheWall(server.address(), other.address).displays.image({ imageId: logoId })
  await expect(foreign).rejects.toMatchObject({ code: 'not-found' })

  const push = await startReader(world)
  const feed = await wall.displays.feed({})
  await new Promise(resolve => setTimeout(resolve, 300))
  push('5')
  for await (const told of feed) {
    if (told.kind !== 'crossings' || !told.isNew) continue
    expect(told.crossings).toMatchObject([
      { bib: '5', event: null, team: null, hometown: null, raceTimeMs: null, message: null },
    ])
    break
  }
  await world.call().displays.removeLayout({ id: layout.id })
  expect((await wall.displays.show({})).look).toEqual(DEFAULT_LOOK)
}, 20_000)

test('the door for displays lets displays in and nobody else, and is open again after a restart', async () => {
  const displayDoor = createDisplayDoor({ rendererFolder: null, version: '0', log: quiet, host: '127.0.0.1' })
  const { world, day } = await createRace({ config: { displayDoor } })
  const display = await world.call().displays.add({ ...plain, name: 'Finish', raceDayId: day.id })
  expect(await world.call().displays.reach()).toMatchObject({ open: false, canOpen: true, addresses: [] })
  await expect(world.callAs('crew').displays.setReach({ open: true })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
  await world.call().displays.setReach({ open: true })
  const port = displayDoor.port()
  const url = `http://127.0.0.1:${port}`
  expect(await onTheWall(url, display.address).displays.show({})).toMatchObject({ name: 'Finish' })
  const manager = onTheWall(url, world.app().access.managerToken())
  await expect(manager.system.health()).rejects.toMatchObject({ code: 'auth.forbidden' })
  for (const path of ['/', '/index.html', '/sign-in?code=x', '/race-day'])
    expect((await fetch(url + path)).status, path).toBe(404)
  expect((await fetch(`${url}/sign-in`, { method: 'POST' })).status).toBe(404)
  // Not built here, and said so: the page is this door's.
  expect((await fetch(`${url}/d/${display.address}`)).status).toBe(503)

  await world.restart()
  expect(displayDoor.port()).toBe(port)
  await world.call().displays.setReach({ open: false })
  expect(displayDoor.port()).toBeNull()
  await world.restart()
  expect(displayDoor.port()).toBeNull()
})
