import { afterEach, expect, test, vi } from 'vitest'
import { partnerBy } from '../../src/replication/central/partners.ts'
import { startPostgres } from '../support/postgres.ts'
import { migratedDatabase } from './central/migrated.ts'
import { CONNECTION, holdsKeys } from './hub/keys.ts'
import { codeFor, openStation, type Station } from './two-sides.ts'

// The tent knows only the hub, the office only the central database; what both know is a laptop between.

const MINUTE = 60_000
/** A turn that is not renewed ends this soon. */
const LASTS = 2_500
const postgres = startPostgres()
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const standing = ({ replication }: Station): string => replication.leaseOf(CONNECTION).kind
const becomes = (laptop: Station, kind: string): Promise<void> =>
  vi.waitFor(() => expect(standing(laptop)).toBe(kind), { timeout: 30_000, interval: 20 })
const takeOver = ({ replication }: Station) =>
  replication.takeOverLease(CONNECTION, AbortSignal.timeout(MINUTE))

const whileATurnLasts = () => new Promise(resolve => setTimeout(resolve, 1.5 * LASTS))

interface Joins {
  readonly tent: Station
  readonly between: Station
  readonly office: Station
  joinHub(station: Station): Promise<unknown>
  joinCentre(station: Station): Promise<unknown>
  /** The laptop between has told the central database of a turn at the hub. */
  isKeptAtCentre(): Promise<void>
  /** Counts how often everybody on the hub is told to look whose turn it is. */
  countNotices(): Promise<() => number>
}

async function three(): Promise<Joins> {
  const hub = await migratedDatabase(postgres, ['One'])
  const centre = await migratedDatabase(postgres, ['One'])
  const open = async (name: string): Promise<Station> => {
    const station = openStation(name, { leaseMs: LASTS })
    ends.push(() => station.stop())
    await station.replication.start()
    return station
  }
  const [tent, between, office] = [await open('tent'), await open('between'), await open('office')]
  return {
    ...{ tent, between, office },
    joinHub: async station => station.replication.join(await codeFor(hub, undefined, 'hub')),
    joinCentre: async station => station.replication.join(await codeFor(centre)),
    isKeptAtCentre: () =>
      vi.waitFor(
        async () => {
          const { rowCount } = await centre.owner.query(
            'SELECT FROM trackside.leases WHERE held_for IS NOT NULL',
          )
          expect(rowCount).toBe(1)
        },
        { timeout: 30_000 },
      ),
    async countNotices() {
      const partner = await partnerBy(hub.owner, 'One')
      let count = 0
      hub.owner.on('notification', ({ payload }) => {
        if (payload === 'turn') count += 1
      })
      const { rows } = await hub.owner.query<{ channel: string }>(
        'SELECT channel FROM trackside.channels WHERE timing_partner_id = $1',
        [partner.id],
      )
      await hub.owner.query(`LISTEN "${rows[0]?.channel}"`)
      return () => count
    },
  }
}

/** All of them joined. */
async function tentAndOffice() {
  const all = await three()
  const { tent, between, office } = all
  for (const one of [all.tent, all.between]) await all.joinHub(one)
  for (const one of [all.between, all.office]) await all.joinCentre(one)
  // Who had the turn together with somebody.
  const twoAtOnce: string[] = []
  const watch = setInterval(() => {
    const mine = [tent, between, office].filter(one => standing(one) === 'mine')
    if (mine.length > 1) twoAtOnce.push(mine.map(({ name }) => name).join(' and '))
  }, 5)
  ends.push(() => clearInterval(watch))
  return { tent, between, office, isKeptAtCentre: all.isKeptAtCentre, twoAtOnce }
}

test.each(['with the keys', 'without the keys'])(
  'a take-over goes through the laptop between, %s, both ways, and never are there two',
  async keys => {
    const { tent, between, office, isKeptAtCentre, twoAtOnce } = await tentAndOffice()
    holdsKeys(tent)
    await becomes(tent, 'mine')
    await becomes(between, 'elsewhere')
    await isKeptAtCentre()
    for (const one of keys === 'with the keys' ? [between, office] : [office]) holdsKeys(one)
    await becomes(office, 'elsewhere')
    for (const [to, from] of [
      [office, tent],
      [tent, office],
      [office, tent],
    ] as const) {
      expect(await takeOver(to)).toEqual({ kind: 'mine' })
      await becomes(from, 'elsewhere')
    }
    await whileATurnLasts()
    expect([standing(tent), standing(between), standing(office)]).toEqual(['elsewhere', 'elsewhere', 'mine'])
    expect(twoAtOnce).toEqual([])
  },
  MINUTE,
)

test(
  'it waits until what is under way has ended, on whichever side that is',
  async () => {
    const { tent, between, office, twoAtOnce } = await tentAndOffice()
    holdsKeys(office)
    await becomes(office, 'mine')
    for (const one of [tent, between]) holdsKeys(one)
    await becomes(tent, 'elsewhere')
    let end = (): void => {}
    const sending = office.replication.duringLease(CONNECTION, () => new Promise<void>(done => (end = done)))
    const taken = takeOver(tent)
    await becomes(office, 'elsewhere')
    expect(standing(tent)).toBe('elsewhere')
    end()
    await sending
    expect(await taken).toEqual({ kind: 'mine' })
    expect(twoAtOnce).toEqual([])
  },
  MINUTE,
)

test(
  'two that began apart become one when a laptop between comes, though it has no keys',
  async () => {
    const { tent, between, office, joinHub, joinCentre } = await three()
    await joinHub(tent)
    await joinCentre(office)
    for (const one of [tent, office]) holdsKeys(one)
    for (const one of [tent, office]) await becomes(one, 'mine')
    await joinHub(between)
    await joinCentre(between)
    await becomes(tent, 'elsewhere')
    await whileATurnLasts()
    expect([standing(tent), standing(office)]).toEqual(['elsewhere', 'mine'])
  },
  MINUTE,
)

test(
  'who is asked to stop and is busy is asked once, not all the time',
  async () => {
    const { tent, between, joinHub, joinCentre, countNotices } = await three()
    await joinHub(tent)
    await joinCentre(between)
    for (const one of [tent, between]) holdsKeys(one)
    for (const one of [tent, between]) await becomes(one, 'mine')
    let end = (): void => {}
    const sending = tent.replication.duringLease(CONNECTION, () => new Promise<void>(done => (end = done)))
    const notices = await countNotices()
    await joinHub(between)
    await becomes(tent, 'elsewhere')
    await whileATurnLasts()
    expect(notices()).toBeGreaterThan(0)
    expect(notices()).toBeLessThan(10)
    end()
    await sending
    await becomes(between, 'mine')
  },
  MINUTE,
)
