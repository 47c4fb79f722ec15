import type { PreflightLine } from '../../api/preflight.ts'
import { instantToWall } from '../../core/time.ts'
import { ageInWords, bytesInWords, count, counted, offInWords } from '../words.ts'
import { type HubFacts, judgeHub } from './preflight-hub.ts'
import { type Judged, look, notReady, ready } from './preflight-judged.ts'

/** What the five-in-the-morning check looks at. Moments are ms UTC. */
export interface PreflightFacts {
  readonly now: number
  readonly raceDate: string
  readonly zone: string
  readonly laptopZone: string
  readonly people: {
    readonly here: number
    readonly byHand: number
    readonly atProvider: number
    readonly inScoring: number
    readonly waiting: number
    /** Of the event fetched longest ago; null: one was never fetched whole. */
    readonly fetchedAt: number | null
    readonly acceptedAt: number | null
    /** Names of events that no connection brings. */
    readonly unconnected: readonly string[]
    readonly connections: number
  }
  readonly withoutBib: number
  readonly doubledBibs: readonly string[]
  readonly chips: {
    readonly inFile: number
    readonly bibsWithout: number
    readonly examples: readonly string[]
  }
  readonly port: { readonly listening: number | null; readonly trouble: string | null }
  readonly readers: readonly {
    readonly name: string
    readonly address: string
    readonly state: 'greeting' | 'streaming' | 'silent' | 'gone'
    readonly lastReadAt: number | null
  }[]
  readonly clocks: readonly {
    readonly device: string
    /** Ms that the reader's clock is behind the laptop's; negative: ahead. Null: not known. */
    readonly behindMs: number | null
    readonly heardAt: number
  }[]
  readonly disk: { readonly freeBytes: number | null; readonly takesWrites: boolean }
  readonly backup: {
    readonly state: 'ok' | 'none-yet' | 'second-folder' | 'failed'
    readonly message: string
    readonly lastAt: number | null
    readonly folder: string | null
  }
  readonly keys: { readonly ok: boolean; readonly message: string; readonly lacking: readonly string[] }
  readonly network: { readonly state: 'up' | 'down' | 'unknown'; readonly since: number | null }
  readonly hub: HubFacts
}

const HOUR = 3_600_000
const GIGABYTE = 1e9
/** People fetched longer ago than this are looked at again before a start. */
const OLD_MS = 12 * HOUR
const CLOCK_OFF_MS = 1000

/** A few of many. */
const some = (all: readonly string[]): string =>
  all.length > 5 ? `${all.slice(0, 5).join(', ')} and ${all.length - 5} more` : all.join(', ')

function people({ people: found, now }: PreflightFacts): Judged {
  const { here, byHand, atProvider, inScoring, waiting, fetchedAt, acceptedAt, unconnected } = found
  const hand = byHand === 0 ? '' : ` (${count(byHand)} by hand)`
  const fetched = fetchedAt === null ? 'never fetched whole' : `fetched ${ageInWords(now - fetchedAt)} ago`
  const accepted = acceptedAt === null ? '' : `, last accepted ${ageInWords(now - acceptedAt)} ago`
  const words = `${count(here)} here${hand} · ${count(atProvider)} at the provider, ${fetched} · ${count(inScoring)} in scoring${accepted}.`
  if (found.connections === 0)
    return look(
      `${count(here)} here${hand}. No connection brings this race day.`,
      'Add one under Connections.',
    )
  if (fetchedAt === null) return notReady(words, 'Sync now (F5) and wait until it is through.')
  if (unconnected.length > 0)
    return look(`${words} No connection brings ${some(unconnected)}.`, 'Choose its events under Connections.')
  if (waiting > 0)
    return look(
      `${words} ${count(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for scoring.`,
      'Sync now (F5).',
    )
  if (here - byHand !== atProvider)
    return look(words, 'The crew decided otherwise than the provider for some: look at History.')
  if (inScoring < here) return look(words, 'Sync now (F5), then look at what scoring refused.')
  return now - fetchedAt > OLD_MS ? look(words, 'Sync now (F5): these counts are old.') : ready(words)
}

function chipFile({ chips }: PreflightFacts): Judged {
  const { inFile, bibsWithout, examples } = chips
  if (inFile === 0)
    return look(
      'No chip file: a chip is read as the bib of its number.',
      'Fine for tags printed with the bib.',
    )
  const words = `${counted(inFile, 'chip')} on bibs`
  if (bibsWithout === 0) return ready(`${words}; every bib has one.`)
  return look(
    `${words}; ${counted(bibsWithout, 'bib')} without: ${some(examples)}.`,
    'Import the newest chip file.',
  )
}

function port({ port: at }: PreflightFacts): Judged {
  if (at.trouble !== null)
    return notReady(
      at.trouble,
      'Close the program that holds the port, or let readers call another port and hand their reads on (Readers).',
    )
  if (at.listening === null)
    return notReady('Nothing listens for readers.', 'Start Trackside with a timing port.')
  return ready(`Listening on port ${at.listening}.`)
}

function readerLines({ readers, port: at, now }: PreflightFacts): readonly PreflightLine[] {
  if (readers.length === 0) {
    const todo = `Point the readers' software at this laptop, port ${at.listening ?? '61611'}.`
    return [{ key: 'readers', title: 'Readers', ...notReady('No reader was heard yet.', todo) }]
  }
  return readers.map(reader => {
    const { lastReadAt, state } = reader
    const last = lastReadAt === null ? 'no read yet' : `last read ${ageInWords(now - lastReadAt)} ago`
    const judged =
      state === 'gone'
        ? notReady(`Gone, ${last}.`, 'Look at its cable, its power and its software.')
        : state === 'silent'
          ? look(`Connected but silent, ${last}.`, 'Look at the reader’s software.')
          : lastReadAt === null
            ? look('Connected, no read yet.', 'Carry a test chip over its mat.')
            : ready(`Connected, ${last}.`)
    return { key: `reader ${reader.address}`, title: `Reader ${reader.name}`, ...judged }
  })
}

const clockLines = ({ clocks, now }: PreflightFacts): readonly PreflightLine[] =>
  clocks.map(({ device, behindMs, heardAt }) => {
    const heard = `by its reads of ${ageInWords(now - heardAt)} ago`
    const key = `clock ${device}`
    const title = `Clock of ${device}`
    if (behindMs === null) {
      const words = 'Not known: too few reads came as they were read.'
      return { key, title, ...look(words, 'Carry a test chip over its mat, three times.') }
    }
    const off = offInWords(Math.abs(behindMs))
    const judged =
      Math.abs(behindMs) <= CLOCK_OFF_MS
        ? ready(`Within a second of this laptop, ${heard}.`)
        : look(
            `${off} ${behindMs < 0 ? 'ahead of' : 'behind'} this laptop, ${heard}.`,
            'Set the reader’s clock, or this laptop’s.',
          )
    return { key, title, ...judged }
  })

function disk({ disk: { freeBytes, takesWrites } }: PreflightFacts): Judged {
  if (!takesWrites) return notReady('The data folder takes no writes.', 'Free space on the disk at once.')
  if (freeBytes === null)
    return look('The free space could not be read.', 'Look at the disk of the data folder.')
  const words = `${bytesInWords(freeBytes)} free in the data folder.`
  if (freeBytes < GIGABYTE / 4) return notReady(words, 'Free space: reads would soon find none.')
  return freeBytes < 2 * GIGABYTE ? look(words, 'Free some space.') : ready(words)
}

function backup({ backup: { state, message, lastAt, folder }, now }: PreflightFacts): Judged {
  const words = lastAt === null ? message : `Made ${ageInWords(now - lastAt)} ago. ${message}`
  if (state === 'failed') return notReady(words, 'Free space, or look at Backups.')
  if (state === 'none-yet') return look(words, 'Make one under Backups.')
  if (state === 'second-folder') return look(words, 'Plug the stick in, or choose another folder.')
  return folder === null ? look(words, 'Choose a second folder, on a stick, under Backups.') : ready(words)
}

function keys({ keys: { ok, message, lacking }, people: { connections } }: PreflightFacts): Judged {
  if (!ok) return notReady(message, 'Unlock the keys with the passphrase.')
  if (lacking.length > 0)
    return notReady(`Lacking on this laptop: ${some(lacking)}.`, 'Enter them under Connections, Settings.')
  return ready(connections === 0 ? 'None needed.' : `Kept on this laptop. ${message}`)
}

function network({ network: { state, since }, now }: PreflightFacts): Judged {
  const when = since === null ? '' : ` since ${ageInWords(now - since)}`
  if (state === 'up') return ready(`Up${when}, by the last call to a provider.`)
  if (state === 'unknown') return look('Not tried yet: no call was made.', 'Sync now (F5) tries it.')
  return look(`None${when}.`, 'All but syncing works without it.')
}

function zone({ now, zone: site, laptopZone, raceDate }: PreflightFacts): Judged {
  const wall = new Date(instantToWall(now, site)).toISOString()
  const today = wall.slice(0, 10)
  const clock = `${site}, now ${today} ${wall.slice(11, 16)}`
  if (instantToWall(now, site) !== instantToWall(now, laptopZone))
    return look(`Site: ${clock}. This laptop: ${laptopZone}.`, 'Times are shown in the site’s zone.')
  return today === raceDate
    ? ready(`${clock}, as on this laptop.`)
    : look(`${clock}. The race day is ${raceDate}.`, 'Choose the right race day, or set this laptop’s clock.')
}

/** Every line of the check: what is, and what to do about it. */
export function judgePreflight(facts: PreflightFacts): readonly PreflightLine[] {
  const { withoutBib, doubledBibs } = facts
  return [
    { key: 'people', title: 'People', ...people(facts) },
    {
      key: 'without-bib',
      title: 'Without a bib',
      ...(withoutBib === 0
        ? ready('Everybody has one.')
        : look(
            `${counted(withoutBib, 'person', 'people')} without.`,
            'Assign bibs at registration, then sync.',
          )),
    },
    {
      key: 'doubled-bibs',
      title: 'Bibs worn twice',
      ...(doubledBibs.length === 0
        ? ready('None.')
        : look(
            `${counted(doubledBibs.length, 'bib')}: ${some(doubledBibs)}.`,
            'Look each up and give one of the two another bib.',
          )),
    },
    { key: 'chip-file', title: 'Chip file', ...chipFile(facts) },
    { key: 'port', title: 'Timing port', ...port(facts) },
    ...readerLines(facts),
    ...clockLines(facts),
    { key: 'disk', title: 'Disk', ...disk(facts) },
    { key: 'backup', title: 'Backup', ...backup(facts) },
    { key: 'keys', title: 'Keys', ...keys(facts) },
    { key: 'network', title: 'Network', ...network(facts) },
    { key: 'hub', title: 'Site hub', ...judgeHub(facts.hub, facts.now) },
    { key: 'zone', title: 'Time zone', ...zone(facts) },
  ]
}
