import type { Finish } from '../../src/rehearsal/big-race/big-race.ts'
import { FINISH, FINISH_BACKUP } from '../../src/rehearsal/big-race/course.ts'
import type { RaceOffice } from './race-office.ts'

/** Where the app says something else than what happened, a line each; whoever is lost with their reads. */
export async function fromTheTruth(office: RaceOffice): Promise<readonly string[]> {
  return [
    ...readsDiffer(office),
    ...(await resultsDiffer(office)),
    ...(await momentsDiffer(office)),
    ...(await unlinkedDiffer(office)),
  ]
}

export const readsKept = ({ app }: RaceOffice): number =>
  app.store.read.get<{ n: number }>("SELECT COUNT(*) AS n FROM timing_reads WHERE kind = 'chip'")?.n ?? 0

function readsDiffer(office: RaceOffice): readonly string[] {
  const found = readsKept(office)
  const wanted = office.race.reads.length
  return found === wanted ? [] : [`${wanted} reads happened, the journal has ${found}`]
}

/** h:mm:ss.hh */
function spanText(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const seconds = ms / 1000
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${two((ms / 10) % 100)}`
}

const lineOf = (cells: readonly (string | undefined)[]): string => cells.join(' | ')

/** The row a finish list has to have. */
function wantedLine({ run, course, bib, raceMs, chipMs }: Finish): string {
  const { person, wave } = run.runner
  const names = [person.firstName, person.lastName]
  return lineOf([String(bib), ...names, course, wave?.name ?? '', spanText(raceMs), spanText(chipMs)])
}

/** The finish list of "close the race": everybody who finished, once, in the order of their times; nobody else. */
async function resultsDiffer(office: RaceOffice): Promise<readonly string[]> {
  const { race, call, day } = office
  const { text, rows } = await call.closing.resultsFile({ id: day.id })
  const [head = [], ...lines] = text
    .split('\r\n')
    .filter(line => line !== '')
    .map(line => line.split(','))
  const place = (name: string): number => head.indexOf(name)
  const finished = lines.filter(cells => cells[place('status')] === 'FIN')
  const shown = finished.map(cells =>
    lineOf(
      ['bib', 'first_name', 'last_name', 'event', 'wave', 'gun_time', 'chip_time'].map(
        name => cells[place(name)],
      ),
    ),
  )
  const wanted = new Map(race.truth.map(finish => [wantedLine(finish), finish]))
  const found = new Set(shown)
  const lost = [...wanted].filter(([line]) => !found.has(line))
  const invented = shown.filter(line => !wanted.has(line))
  const people = race.starters.runners.length
  const untimed = (cells: readonly string[]): boolean => cells[place('status')] === ''
  const timeless = lines.filter(cells => cells[place('gun_time')] !== '' && untimed(cells)).length
  return [
    ...(rows === people ? [] : [`${people} people, the results have ${rows} rows`]),
    ...(shown.length === found.size ? [] : [`${shown.length - found.size} finishers are listed twice`]),
    ...(timeless === 0 ? [] : [`${timeless} people have a time and did not finish`]),
    ...orderDiffers(finished.map(cells => [cells[place('event')] ?? '', cells[place('gun_time')] ?? ''])),
    ...lost.map(([line, finish]) => `not in the results: ${line}\n${readsOf(office, finish)}`),
    ...invented.map(line => `in the results, and it did not happen: ${line}`),
  ]
}

function orderDiffers(rows: readonly (readonly [event: string, time: string])[]): readonly string[] {
  return rows.flatMap(([event, time], index) => {
    const [eventBefore, before] = rows[index - 1] ?? ['', '']
    return event === eventBefore && time < before ? [`${event}: ${time} is listed after ${before}`] : []
  })
}

/** To the millisecond, as each person's own page says it. */
async function momentsDiffer(office: RaceOffice): Promise<readonly string[]> {
  const idOfBib = new Map((await office.people()).map(person => [person.bibNumber, person.id]))
  const differences: string[] = []
  for (const finish of office.race.truth) {
    const id = idOfBib.get(String(finish.bib))
    const match = id === undefined ? null : await office.call.raceDay.participant({ id })
    const finishes = match?.reads.filter(({ location }) => location === FINISH || location === FINISH_BACKUP)
    const first = finishes?.reduce((one, other) => ((other.at ?? 0) < (one.at ?? 0) ? other : one))
    const said = [first?.at, first?.raceTimeMs, first?.chipTimeMs]
    const wanted = [finish.run.finishAt, finish.raceMs, finish.chipMs]
    if (said.join() !== wanted.join())
      differences.push(`bib ${finish.bib}: ${wanted.join(', ')} ms happened, ${said.join(', ')} is shown`)
  }
  return differences
}

/** What is nobody's: chips of other races and bibs that lay about, each with all its reads; test chips unlisted. */
async function unlinkedDiffer({ race, call }: RaceOffice): Promise<readonly string[]> {
  const reasons = new Map([
    ...race.foreignChips.map(chip => [chip, 'unknown-chip'] as const),
    ...race.starters.leftOver
      .flatMap(bib => race.starters.chipsOfBib.get(bib) ?? [])
      .map(chip => [chip, 'unknown-bib'] as const),
  ])
  const counts = new Map<string, number>()
  for (const { chip } of race.reads) counts.set(chip, (counts.get(chip) ?? 0) + 1)
  const nobodys = [...reasons.keys(), ...race.testChips]
  const wantedReads = nobodys.reduce((sum, chip) => sum + (counts.get(chip) ?? 0), 0)
  const wanted = [...reasons].map(([chip, reason]) => `${chip}: ${counts.get(chip)} reads, ${reason}`)
  const { groups } = await call.timing.unlinked({ limit: 1000 })
  const shown = groups.map(({ chip, reads, reason }) => `${chip}: ${reads} reads, ${reason}`)
  const { unlinked } = await call.timing.status()
  return [
    ...(unlinked === wantedReads ? [] : [`${wantedReads} reads are nobody's, ${unlinked} are unlinked`]),
    ...wanted.filter(line => !shown.includes(line)).map(line => `not among the unlinked: ${line}`),
    ...shown.filter(line => !wanted.includes(line)).map(line => `unlinked, and should not be: ${line}`),
  ]
}

/** For whoever looks for the reason: what happened, and what the journal says of the chips. */
function readsOf({ app, race }: RaceOffice, { run }: Finish): string {
  const { runner, crossings } = run
  const { registeredBib, wornBib, chips, walkUp } = runner
  const moment = (at: number | null): string => (at === null ? '–' : new Date(at).toISOString().slice(11, 23))
  const happened = [...crossings]
    .sort((a, b) => a.at - b.at)
    .map(({ place, at, moment: step }) => `${place} ${step} ${moment(at)}`)
  const rows = app.store.read.all<{
    place: string
    at: number | null
    state: string
    bib: string
    n: number
  }>(
    `SELECT COALESCE(t.location_name, r.stream_location) AS place, MIN(l.at) AS at, l.state, COALESCE(e.bib_number, '') AS bib,
     COUNT(*) AS n FROM timing_reads r JOIN read_links l ON l.read_id = r.id
     LEFT JOIN timing_locations t ON t.id = l.location_id
     LEFT JOIN effective_participants e ON e.participant_id = l.participant_id
     WHERE r.chip IN (SELECT value FROM json_each(?)) GROUP BY 1, 3, 4 ORDER BY 2`,
    JSON.stringify(chips),
  )
  return [
    `    bib ${registeredBib} → ${wornBib}, chips ${chips.join(' ')}, walk-up: ${walkUp}, gun ${moment((runner.wave ?? runner.course.waves[0]).gunAt)}, of ${race.reads.length} reads`,
    `    happened: ${happened.join(', ')}`,
    ...rows.map(
      row => `    journal: ${row.n} ${row.state} at ${row.place} from ${moment(row.at)}, bib ${row.bib}`,
    ),
  ].join('\n')
}
