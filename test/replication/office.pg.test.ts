import { afterEach, expect, test, vi } from 'vitest'
import { uuidOf } from '../../src/replication/central/columns.ts'
import { addPartner } from '../../src/replication/central/partners.ts'
import { createOffice, type Office } from '../../src/replication/office.ts'
import { decide } from '../../src/store/decisions.ts'
import { PEOPLE } from '../support/deeds.ts'
import { bringEvent, effectiveState, person, said, sync } from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { joinedLaptop } from './central/logins.ts'
import { migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation, type Station, silent } from './two-sides.ts'

const MINUTE = 60_000
const postgres = startPostgres()
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
}, MINUTE)

async function joined(name: string, code: string): Promise<Station> {
  const station = openStation(name)
  await station.replication.start()
  ends.push(() => station.stop())
  await station.replication.join(code)
  return station
}

const officeOf = (station: Station, hour: number): Office => {
  const office = createOffice({
    ...{ replication: station.replication, clock: Date.now, log: silent, changed: () => {} },
    ...{ hourOf: () => hour, lookEveryMs: 50 },
  })
  ends.push(() => office.stop())
  return office
}

/** A laptop that changed each of its people again and again, all of it at the centre. */
async function busyLaptop() {
  const database = await migratedDatabase(postgres, ['One'])
  const laptop = await joined('office', await codeFor(database))
  bringEvent(laptop)
  sync(
    laptop,
    PEOPLE.map(key => said(key, { bib_number: key, first_name: key, last_name: 'Ruiz' })),
  )
  for (const name of ['Ruiz', 'Diaz', 'Cruz']) {
    for (const key of PEOPLE)
      laptop.store.write(writer => decide(writer, person(key), 'last_name', name, null), 'desk')
    await laptop.replication.run()
  }
  const entries = async (): Promise<number> =>
    (await database.owner.query("SELECT FROM changes WHERE table_name = 'participant_overrides'")).rowCount ??
    0
  return { database, laptop, entries }
}

test(
  'the feed is tidied by night and not by day, and who was away all the while gets everything',
  async () => {
    const { database, laptop, entries } = await busyLaptop()
    const before = await entries()
    expect(before).toBeGreaterThanOrEqual(3 * PEOPLE.length)
    const byDay = officeOf(laptop, 13)
    await byDay.start()
    await vi.waitFor(() => expect(byDay.status().lastDoneAt).not.toBeNull(), { timeout: 30_000 })
    expect(await entries()).toBe(before)
    await byDay.stop()
    const byNight = officeOf(laptop, 2)
    await byNight.start()
    await vi.waitFor(() => expect(byNight.status().feedTidiedAt).not.toBeNull(), { timeout: 30_000 })
    expect(byNight.status().feedTidied).toBeGreaterThanOrEqual(before - PEOPLE.length)
    expect(await entries()).toBe(PEOPLE.length)
    const late = await joined('late', await codeFor(database))
    await vi.waitFor(
      () => {
        const { audit: _, ...mine } = effectiveState(late)
        const { audit: __, ...theirs } = effectiveState(laptop)
        expect(mine).toEqual(theirs)
      },
      { timeout: 30_000, interval: 100 },
    )
  },
  2 * MINUTE,
)

test(
  'what an import brings waits for the night, or for somebody who wants it now; one machine does it',
  async () => {
    const { database, laptop } = await busyLaptop()
    await database.owner.query(
      "INSERT INTO stale_people (timing_partner_id, block) SELECT 1, 'name' || n FROM generate_series(1, 600) n",
    )
    const stale = async (): Promise<number> =>
      (await database.owner.query('SELECT FROM stale_people')).rowCount ?? 0
    const office = officeOf(laptop, 13)
    await office.start()
    await vi.waitFor(() => expect(office.status().state).toBe('waits'), { timeout: 30_000 })
    expect(office.status().message).toMatch(/left for the night/)
    expect(await stale()).toBeGreaterThanOrEqual(600)
    // Another machine is at it.
    const other = await postgres.connect(database.url)
    await other.query(`SELECT pg_advisory_lock(hashtext('trackside.office'), 1)`)
    await vi.waitFor(() => expect(office.status().state).toBe('elsewhere'), { timeout: 30_000 })
    await other.end()
    // Another partner's login keeps nobody away, whatever it holds.
    await addPartner(database.owner, 'Two')
    const foreign = await joinedLaptop(postgres, database, 'Two', uuidOf('foreign'))
    await foreign.query(`SELECT pg_advisory_lock(hashtext('trackside.office'), 1)`)
    office.computeNow()
    await vi.waitFor(async () => expect(await stale()).toBe(0), { timeout: 30_000 })
    await vi.waitFor(() => expect(office.status().state).toBe('resting'), { timeout: 30_000 })
  },
  2 * MINUTE,
)
