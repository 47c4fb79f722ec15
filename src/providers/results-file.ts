import { csvText } from './csv.ts'
import type { ExportFile, ResultToPublish } from './provider.ts'
import { raceTimeText } from './race-time.ts'

const timeCell = (ms: number | null): string => (ms === null ? '' : raceTimeText(ms))

/** Results as a plain table, for a provider whose own import nobody here has seen: its columns are mapped there. */
export function plainResultsFile(name: string, batch: readonly ResultToPublish[]): ExportFile {
  const splits = [...new Set(batch.flatMap(result => result.splits.map(split => split.name)))]
  const rows = batch.map(result => [
    result.sourceParticipantId ?? '',
    result.bib ?? '',
    result.firstName ?? '',
    result.lastName ?? '',
    result.status,
    result.overallPlace === null ? '' : String(result.overallPlace),
    timeCell(result.gunTimeMs),
    timeCell(result.chipTimeMs),
    ...splits.map(split => {
      const passed = result.splits.find(one => one.name === split)
      return timeCell(passed?.chipMs ?? passed?.gunMs ?? null)
    }),
  ])
  const head = 'registration_id,bib,first_name,last_name,status,place,gun_time,chip_time'.split(',')
  return {
    fileName: `${name}-results.csv`,
    mediaType: 'text/csv; charset=utf-8',
    text: csvText([[...head, ...splits], ...rows]),
  }
}
