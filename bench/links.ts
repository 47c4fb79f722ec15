import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createDoubtful } from '../src/app/counting/doubtful.ts'
import { questionablePeople } from '../src/app/counting/questionable.ts'
import { createRaceTally } from '../src/app/counting/race-tally.ts'
import { matchOf } from '../src/app/procedures/people.ts'
import { createRaceFacts } from '../src/app/race-facts.ts'
import { decide } from '../src/store/decisions.ts'
import { storeEvent } from '../src/store/events.ts'
import { createSession } from '../src/store/links.ts'
import { findByBib } from '../src/store/lookup.ts'
import { setReaderOffset } from '../src/store/offsets.ts'
import { type JournalRead, journal } from '../src/store/reads.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { createLinker } from '../src/timing/linker.ts'
import { type Figure, inFolder, migrations, ms, percentile, round, silent } from './measure.ts'
import { crowd, harbor } from './people.ts'

const PEOPLE = 60_000
const PLACES = ['Start', '1K', '2K', '3K', '4K', 'Finish', 'Finish']
const READS = 400_000
const GUN = Date.parse('2026-05-09T07:30:00Z')

const readOf = (n: number): JournalRead => {
  const place = Math.floor(n / PEOPLE)
  const runner = n % PEOPLE
  const chip = String(runner + 1)
  return {
    ...{ kind: 'chip', identity: `b|${n}`, source: 'bench', device: `box ${place}`, chip },
    ...{ streamId: null, streamLocation: PLACES[place] ?? 'Finish', sequence: n, bibNumber: null },
    readAt: GUN + runner * 30 + place * 300_000,
    ...{ rawTime: null, timeProblem: null, antenna: null, rssi: null, lap: null, raw: `b ${n}` },
  }
}

const STALE = 'SELECT 1 FROM stale_links LIMIT 1'
const linked = (store: Store): boolean => store.read.get(STALE) === undefined

/** What a look-up waits and takes while something goes on, ms each. */
async function lookingUp(store: Store, done: () => boolean): Promise<readonly number[]> {
  const scope = { raceDayId: null, eventId: null }
  const facts = createRaceFacts(store)
  const samples: number[] = []
  for (let n = 0; !done(); n += 1) {
    const began = performance.now()
    await nextTurn()
    for (const id of findByBib(store.read, scope, String(1 + ((n * 7919) % PEOPLE)), 20))
      matchOf(store.read, id, facts)
    samples.push(ms(began))
  }
  return samples
}

const said = (samples: readonly number[]): string =>
  `look-up p99 ${round(percentile(samples, 0.99), 1)} ms, longest ${round(Math.max(...samples), 1)} ms, ${samples.length} of them`

/** Links of a large race made again, and questions asked of it, while the bib box answers. */
export const benchLinks = (): Promise<Figure[]> =>
  inFolder(async folder => {
    const store = openStore({ file: join(folder, 'trackside.db'), migrations, clock: Date.now })
    const event = store.write(writer => storeEvent(writer, 'bench', harbor))
    crowd(store, event, PEOPLE)
    const day = store.read.get<{ id: string }>('SELECT id FROM race_days')?.id ?? ''
    const session = store.write(writer =>
      createSession(writer, { name: 'bench', timezone: 'UTC', raceDayId: day }),
    )
    const linker = createLinker({ store, log: silent })
    for (let from = 0; from < READS; from += 5000) {
      const reads = Array.from({ length: Math.min(5000, READS - from) }, (_, n) => readOf(from + n))
      store.write(writer => journal(writer, session, reads, GUN))
      linker.linkNow()
    }
    store.write(writer => {
      writer.run('CREATE TEMP TABLE written (id INTEGER)')
      writer.run(
        'CREATE TEMP TRIGGER watch AFTER UPDATE ON main.read_links BEGIN INSERT INTO written VALUES (NEW.read_id); END',
      )
    })
    const written = (): number => {
      const rows = store.read.get<{ n: number }>('SELECT COUNT(*) AS n FROM written')?.n ?? 0
      store.write(writer => writer.run('DELETE FROM written'))
      return rows
    }

    const [person = ''] = findByBib(store.read, { raceDayId: day, eventId: null }, '777', 1)
    const bibBegan = performance.now()
    store.write(writer => decide(writer, person, 'bib_number', 'X777', null))
    linker.linkNow()
    const bib = ms(bibBegan)
    const bibWrote = written()

    await linker.start()
    const offsetBegan = performance.now()
    store.write(writer =>
      setReaderOffset(writer, { sessionId: session, device: 'box 2', offsetMs: 1500, reason: null }),
    )
    const moving = await lookingUp(store, () => linked(store))
    const moved = ms(offsetBegan)
    const offsetWrote = written()
    await linker.stop()

    let asked: Awaited<ReturnType<typeof questionablePeople>> | null = null
    const askBegan = performance.now()
    const asking = { raceDayId: day, eventId: undefined, kind: 'out-of-order', after: undefined } as const
    const answer = questionablePeople(store.read, createDoubtful(store.read), {
      ...asking,
      limit: 1000,
    }).then(found => {
      asked = found
    })
    const waits = await lookingUp(store, () => asked !== null)
    await answer
    const ask = ms(askBegan)

    const countBegan = performance.now()
    const counts = await createRaceTally(store.read)(day)
    const counting = ms(countBegan)
    store.close()
    return [
      {
        what: `one bib changed, ${PEOPLE.toLocaleString('en')} people, ${READS.toLocaleString('en')} reads`,
        measured: `${bibWrote} links written, ${round(bib, 1)} ms`,
        beside: 'the reads of one person: 7',
        reach: 'that person’s and no other’s',
      },
      {
        what: `a reader’s offset over ${PEOPLE.toLocaleString('en')} of ${READS.toLocaleString('en')} reads, while bibs are looked up`,
        measured: `${round(moved / 1000, 1)} s, ${said(moving)}`,
        beside: `${offsetWrote.toLocaleString('en')} links written`,
        reach: 'longest ≤ 100 ms',
      },
      {
        what: `questionable reads of ${PEOPLE.toLocaleString('en')} people, while bibs are looked up`,
        measured: `${round(ask / 1000, 1)} s, ${said(waits)}`,
        beside: `${PEOPLE / 100} turns`,
        reach: 'p99 ≤ 20 ms',
      },
      {
        what: 'counts of that race day: finished after laps and the own gun',
        measured: `${round(counting)} ms`,
        beside: `${counts.finished.toLocaleString('en')} finished`,
        reach: '≤ 1,000 ms',
      },
    ]
  })
