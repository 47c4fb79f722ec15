import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from '../central/migrated.ts'
import { codeFor, openStation, type Station } from '../two-sides.ts'
import { openWay, type Way } from '../way.ts'
import { CONNECTION, holdsKeys } from './keys.ts'
import { openSite } from './site.ts'

const MINUTE = 60_000
/** A turn that is not renewed ends this soon. */
const LASTS = 2_500
const postgres = startPostgres()
const ends: (() => Promise<unknown>)[] = []

const standing = ({ replication }: Station): string => replication.leaseOf(CONNECTION).kind
const isRunBy = (laptop: Station): Promise<void> =>
  vi.waitFor(() => expect(standing(laptop)).toBe('mine'), { timeout: 30_000, interval: 20 })
const becomes = (laptop: Station, kind: string): Promise<void> =>
  vi.waitFor(() => expect(standing(laptop)).toBe(kind), { timeout: 30_000, interval: 20 })
const takeOver = ({ replication }: Station) =>
  replication.takeOverLease(CONNECTION, AbortSignal.timeout(MINUTE))

/** Who has the turn besides somebody else, from now on. */
function watched(all: readonly Station[]): string[] {
  const twoAtOnce: string[] = []
  const watch = setInterval(() => {
    const mine = all.filter(one => standing(one) === 'mine')
    if (mine.length > 1) twoAtOnce.push(mine.map(({ name }) => name).join(' and '))
  }, 5)
  ends.push(async () => clearInterval(watch))
  return twoAtOnce
}

/** Longer than any turn that is not renewed, and than it takes who waits for one to see it: what would change has changed. */
const whileATurnLasts = () => new Promise(resolve => setTimeout(resolve, 1.5 * LASTS))

/**
 * The hub and the desk on a site, both with a way of their own to the central database, and the office that knows only
 * the latter. All of them have the keys. Whether two ever had the turn at once is watched all the time.
 */
async function siteAndOffice(database: Awaited<ReturnType<typeof migratedDatabase>>) {
  const made = openSite({ leaseMs: LASTS })
  ends.push(() => made.end())
  const wayFrom = async (station: Station): Promise<Way> => {
    const way = await openWay(Number(new URL(database.url).port))
    ends.push(() => way.close())
    await station.replication.join(await codeFor(database, way.port))
    return way
  }
  const hub = await made.laptop('hub')
  const desk = await made.laptop('desk')
  const office = openStation('office', { leaseMs: LASTS })
  await office.replication.start()
  ends.push(() => office.stop())
  const ways = { hub: await wayFrom(hub), desk: await wayFrom(desk), office: await wayFrom(office) }
  await hub.beHub()
  const lan = await made.join(desk, hub)
  const all: Station[] = [hub, desk, office]
  for (const { replication } of all)
    await vi.waitFor(
      () => expect(replication.status().peers.map(({ state }) => state)).not.toContain('connecting'),
      { timeout: 30_000 },
    )
  return {
    ...{ hub, desk, office, ways, lan, twoAtOnce: watched(all) },
    /** One more on the hub, which knows nothing of the central database. */
    async tent(): Promise<Station> {
      const tent = await made.laptop('tent')
      await made.join(tent, hub)
      all.push(tent)
      return tent
    },
    cutCentral(): void {
      for (const way of [ways.hub, ways.desk]) way.cut()
    },
    /** The network is back, and the laptops are told so. */
    mendCentral(): void {
      for (const way of [ways.hub, ways.desk]) way.mend()
      for (const { replication } of [hub, desk]) replication.run().catch(() => {})
    },
  }
}

// Turns end by the clock, so that a test mostly waits: all wait at once, each on a site of its own.
const TESTS = 5
const sites: Awaited<ReturnType<typeof siteAndOffice>>[] = []
let taken = 0
beforeAll(async () => {
  const databases = []
  for (let n = 0; n < TESTS; n++) {
    const database = await migratedDatabase(postgres, ['One'])
    // Their partner is one role of the server's, which the first code makes.
    if (n === 0) await codeFor(database)
    databases.push(database)
  }
  // All of them, also where one fails: what was begun is ended.
  for (const made of await Promise.allSettled(databases.map(siteAndOffice))) {
    if (made.status === 'rejected') throw made.reason
    sites.push(made.value)
  }
}, 2 * MINUTE)
afterAll(async () => {
  await Promise.all(ends.map(end => end()))
}, MINUTE)
const ownSite = () => {
  const site = sites[taken++]
  if (site === undefined) throw new Error('a site a test')
  return site
}

describe.concurrent('turns', () => {
  test(
    'cut from the central database a site goes on by its hub, hands over there, and the office keeps out of it',
    async () => {
      const { hub, desk, office, cutCentral, mendCentral, twoAtOnce } = ownSite()
      holdsKeys(desk)
      await isRunBy(desk)
      for (const other of [hub, office]) holdsKeys(other)
      await becomes(hub, 'elsewhere')
      await becomes(office, 'elsewhere')
      cutCentral()
      await becomes(office, 'unsure')
      await whileATurnLasts()
      expect([standing(hub), standing(desk), standing(office)]).toEqual(['elsewhere', 'mine', 'unsure'])
      expect(office.replication.leaseOf(CONNECTION)).toEqual({ kind: 'unsure', atHub: true })
      expect(await takeOver(hub)).toEqual({ kind: 'mine' })
      await becomes(desk, 'elsewhere')
      // Who has it dies: the other one follows.
      await hub.replication.stop()
      await isRunBy(desk)
      mendCentral()
      await becomes(office, 'elsewhere')
      expect(standing(desk)).toBe('mine')
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )

  test(
    'what a person took while nobody could be asked ends when they meet: the central database decides',
    async () => {
      const { hub, desk, office, cutCentral, mendCentral, twoAtOnce } = ownSite()
      holdsKeys(office)
      await isRunBy(office)
      holdsKeys(desk)
      await becomes(desk, 'elsewhere')
      cutCentral()
      await becomes(desk, 'unsure')
      expect(desk.replication.leaseOf(CONNECTION)).toEqual({ kind: 'unsure', atHub: false })
      expect(twoAtOnce).toEqual([])
      // Told that nobody can be asked, somebody says to go on all the same.
      expect(await takeOver(desk)).toEqual({ kind: 'mine' })
      expect(standing(office)).toBe('mine')
      holdsKeys(hub)
      await becomes(hub, 'elsewhere')
      mendCentral()
      await becomes(desk, 'elsewhere')
      twoAtOnce.splice(0)
      await whileATurnLasts()
      expect([standing(hub), standing(desk), standing(office)]).toEqual(['elsewhere', 'elsewhere', 'mine'])
      // And from there it is handed over as ever.
      expect(await takeOver(hub)).toEqual({ kind: 'mine' })
      expect(standing(office)).not.toBe('mine')
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )

  test(
    'who reaches both and not whoever has it at the hub stops that one: two become one by way of a third',
    async () => {
      const { hub, desk, office, ways, twoAtOnce } = ownSite()
      holdsKeys(office)
      await isRunBy(office)
      holdsKeys(desk)
      await becomes(desk, 'elsewhere')
      for (const way of [ways.desk, ways.hub]) way.cut()
      await becomes(desk, 'unsure')
      expect(await takeOver(desk)).toEqual({ kind: 'mine' })
      // The desk stays cut off; the hub reaches both.
      ways.hub.mend()
      hub.replication.run().catch(() => {})
      holdsKeys(hub)
      await vi.waitFor(() => expect(standing(desk)).not.toBe('mine'), { timeout: 30_000, interval: 20 })
      twoAtOnce.splice(0)
      await whileATurnLasts()
      expect([standing(hub), standing(office)]).toEqual(['elsewhere', 'mine'])
      expect(standing(desk)).not.toBe('mine')
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )

  test(
    'who lost the hub and not the central database leaves the turn to the hub until a person says otherwise',
    async () => {
      const { hub, desk, lan, twoAtOnce } = ownSite()
      holdsKeys(desk)
      await isRunBy(desk)
      lan.cut()
      await becomes(desk, 'unsure')
      expect(desk.replication.leaseOf(CONNECTION)).toEqual({ kind: 'unsure', atHub: true })
      expect(await takeOver(desk)).toEqual({ kind: 'mine' })
      holdsKeys(hub)
      await becomes(hub, 'elsewhere')
      lan.mend()
      await whileATurnLasts()
      expect([standing(hub), standing(desk)]).toEqual(['elsewhere', 'mine'])
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )

  test(
    'a laptop that knows only the hub gets a turn when what is under way has ended, and the office sees that it has it',
    async () => {
      const { desk, office, tent: addTent, twoAtOnce } = ownSite()
      holdsKeys(desk)
      await isRunBy(desk)
      const tent = await addTent()
      for (const other of [tent, office]) holdsKeys(other)
      await becomes(tent, 'elsewhere')
      let end = (): void => {}
      const sending = desk.replication.duringLease(
        CONNECTION,
        () =>
          new Promise<void>(resolve => {
            end = resolve
          }),
      )
      const taken = takeOver(tent)
      await becomes(desk, 'elsewhere')
      expect(standing(tent)).not.toBe('mine')
      end()
      await sending
      expect(await taken).toEqual({ kind: 'mine' })
      await whileATurnLasts()
      expect([standing(desk), standing(tent), standing(office)]).toEqual(['elsewhere', 'mine', 'elsewhere'])
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )

  test(
    'a hub that stops leaves the turn to whoever has it until it is over, and follows then',
    async () => {
      const made = openSite({ leaseMs: LASTS })
      ends.push(() => made.end())
      const [hub, tent] = [await made.laptop('hub'), await made.laptop('tent')]
      await hub.beHub()
      await made.join(tent, hub)
      holdsKeys(tent)
      await isRunBy(tent)
      holdsKeys(hub)
      await becomes(hub, 'elsewhere')
      const twoAtOnce = watched([hub, tent])
      await hub.hub.turnOff('crew')
      expect([standing(hub), standing(tent)]).toEqual(['elsewhere', 'mine'])
      await isRunBy(hub)
      expect(twoAtOnce).toEqual([])
    },
    3 * MINUTE,
  )
})
