import { join } from 'node:path'
import { matchOf } from '../src/app/procedures/people.ts'
import { createRaceFacts } from '../src/app/race-facts.ts'
import { storeEvent } from '../src/store/events.ts'
import { findByBib } from '../src/store/lookup.ts'
import { openStore } from '../src/store/store.ts'
import { type Figure, inFolder, migrations, percentile, round } from './measure.ts'
import { benchNames, variedNames } from './names.ts'
import { crowd, harbor } from './people.ts'

const PEOPLE = 60_000
const TRIES = 5000

const timed = (tries: number, work: (n: number) => void): number[] =>
  Array.from({ length: tries }, (_, n) => {
    const began = performance.now()
    work(n)
    return performance.now() - began
  })

const said = (samples: readonly number[]): string =>
  `p50 ${round(percentile(samples, 0.5), 3)} ms, p99 ${round(percentile(samples, 0.99), 3)} ms`

/** The bib box: the whole person, beside a bare indexed SELECT of the same database. */
export const benchLookup = (): Promise<Figure[]> =>
  inFolder(async folder => {
    const store = openStore({ file: join(folder, 'trackside.db'), migrations, clock: Date.now })
    const event = store.write(writer => storeEvent(writer, 'bench', harbor))
    crowd(store, event, PEOPLE, variedNames(5))
    const scope = {
      raceDayId: store.read.get<{ id: string }>('SELECT id FROM race_days')?.id ?? null,
      eventId: null,
    }
    const facts = createRaceFacts(store)
    const bibOf = (n: number): string => String(1 + ((n * 7919) % PEOPLE))
    const whole = timed(TRIES, n => {
      for (const id of findByBib(store.read, scope, bibOf(n), 20)) matchOf(store.read, id, facts)
    })
    const bare = timed(TRIES, n => {
      store.read.get('SELECT * FROM effective_participants WHERE bib_key = ?', bibOf(n))
    })
    const names = benchNames(store, scope, folder)
    store.close()
    return [
      {
        what: `bib → whole person, ${PEOPLE.toLocaleString('en')} people`,
        measured: said(whole),
        beside: `bare indexed SELECT ${said(bare)}`,
        reach: 'p99 ≤ 2 ms',
      },
      ...names,
    ]
  })
