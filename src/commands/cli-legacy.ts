import { writeFileSync } from 'node:fs'
import { AppError } from '../core/errors.ts'
import { connectByUrl } from '../replication/central/connect.ts'
import { type ImportProgress, importLegacy } from '../replication/legacy/import-legacy.ts'
import type { ImportReport, KindReport } from '../replication/legacy/report.ts'
import { type PeopleCounts, recomputeEverybody } from '../replication/people/recompute.ts'
import type { AloneCommand } from './cli-command.ts'

/** Refusals that are shown; all of them are in the file of --to and in the JSON. */
const SHOWN = 10

/** @throws AppError input.invalid */
function partnersOf(text: string | undefined): readonly number[] | null {
  if (text === undefined || text === 'all') return null
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number)
  throw new AppError(
    'input.invalid',
    `--partner wants a partner's number, several with commas, or all, not “${text}”.`,
  )
}

const count = (rows: number): string => rows.toLocaleString('en')

const inWords = (one: Omit<KindReport, 'partner' | 'finished'>): string =>
  `${one.kind}: ${count(one.rowsRead)} rows read: ${count(one.added)} new, ${count(one.changed)} changed, ${count(one.unchanged)} as before, ` +
  `${count(one.kept)} synced since and left, ${count(one.folded)} folded into others, ${count(one.refused)} not taken`

function totalsOf(kinds: readonly KindReport[]): readonly string[] {
  const sum = (of: readonly KindReport[], key: Exclude<keyof KindReport, 'kind' | 'finished'>): number =>
    of.reduce((total, one) => total + one[key], 0)
  return [...Map.groupBy(kinds, one => one.kind)].map(([kind, of]) =>
    inWords({
      kind,
      rowsRead: sum(of, 'rowsRead'),
      added: sum(of, 'added'),
      changed: sum(of, 'changed'),
      unchanged: sum(of, 'unchanged'),
      kept: sum(of, 'kept'),
      folded: sum(of, 'folded'),
      refused: sum(of, 'refused'),
    }),
  )
}

const refusalLine = (one: ImportReport['refusals'][number]): string =>
  `  partner ${one.partner}, ${one.kind} ${one.rowKey}: ${one.taken ? `taken without ${one.reason}` : one.reason}`

const quoted = (text: string | number): string => `"${String(text).replaceAll('"', '""')}"`

const refusalsFile = ({ refusals }: ImportReport): string =>
  [
    'partner,table,row,taken,reason',
    ...refusals.map(one =>
      [one.partner, one.kind, one.rowKey, one.taken ? 'without the value' : 'no', one.reason]
        .map(quoted)
        .join(','),
    ),
  ].join('\r\n')

function linesOf(report: ImportReport, file: string | undefined): readonly string[] {
  const partners = new Set(report.kinds.map(({ partner }) => partner)).size
  const more = report.refusals.length - SHOWN
  return [
    `${partners} partners, from ${report.source}:`,
    ...totalsOf(report.kinds),
    ...Object.entries(report.nobodys).map(
      ([kind, rows]) => `${kind}: ${count(rows)} rows name no timing partner; nobody can take them`,
    ),
    ...report.refusals.slice(0, SHOWN).map(refusalLine),
    ...(more > 0 && file === undefined ? [`  and ${count(more)} more: --to FILE writes them all down.`] : []),
    ...(file === undefined
      ? []
      : [`${count(report.refusals.length)} rows and values that could not be taken are in ${file}`]),
  ]
}

/** At most a line a second and partner's table. */
function sayProgress(): (progress: ImportProgress) => void {
  let saidAt = 0
  return ({ partner, kind, done, of }) => {
    const now = performance.now()
    if (now - saidAt < 1000 && done < of) return
    saidAt = now
    console.error(`partner ${partner}, ${kind}: ${count(done)} of ${count(of)}`)
  }
}

/** Ctrl-C stops the work where it can go on. */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const stopped = (): void => {
    console.error('Stopping after this batch …')
    stop.abort()
  }
  process.once('SIGINT', stopped)
  try {
    return await work(stop.signal)
  } finally {
    process.off('SIGINT', stopped)
  }
}

const peopleLine = ({ registrations, people }: PeopleCounts): string =>
  `${count(registrations)} registrations were compared: they are ${count(people)} people`

const comparePeople = (
  url: string | undefined,
  partners: readonly number[] | null,
  signal: AbortSignal,
): Promise<PeopleCounts> =>
  recomputeEverybody(() => connectByUrl(url ?? process.env.DATABASE_URL), partners, {
    signal,
    onProgress: (partner, counts) => console.error(`partner ${partner}: ${peopleLine(counts)}`),
  })

export const importLegacyCommand: AloneCommand = {
  usage: 'central import-legacy',
  help: `the existing platform's events, people and results into the central database (--url URL or DATABASE_URL), by its owner or
    an admin; --partner ID | all, --from URL of another server, --to FILE for what could not be taken. Ctrl-C stops it; the
    same command goes on`,
  alone: ({ values }) =>
    stoppable(async signal => {
      const { from } = values
      const report = await importLegacy({
        central: () => connectByUrl(values.url ?? process.env.DATABASE_URL),
        far: from === undefined ? null : () => connectByUrl(from),
        partners: partnersOf(values.partner),
        signal,
        onProgress: sayProgress(),
      })
      if (values.to !== undefined) writeFileSync(values.to, refusalsFile(report))
      const people = await comparePeople(
        values.url,
        [...new Set(report.kinds.map(({ partner }) => partner))],
        signal,
      )
      return {
        data: { ...report, people },
        lines: [...linesOf(report, values.to), peopleLine(people)],
        ok: true,
      }
    }),
}

export const peopleCommand: AloneCommand = {
  usage: 'central people',
  help: 'computes who is one person over events, of the registrations that changed; --partner ID | all, --url URL or DATABASE_URL',
  alone: ({ values }) =>
    stoppable(async signal => {
      const people = await comparePeople(values.url, partnersOf(values.partner), signal)
      return { data: people, lines: [peopleLine(people)], ok: true }
    }),
}
