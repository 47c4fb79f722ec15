import type { Reader } from '../../store/reader.ts'
import { localTime } from '../reads-file.ts'

/** What is wrong with a time that is none of its race, in words; each session looked up once. */
export function clockProblem(reader: Reader): (sessionId: string, at: number) => string {
  const known = new Map<string, { readonly zone: string; readonly date: string | null }>()
  const sessionOf = (id: string) => {
    const found = known.get(id) ??
      reader.get<{ zone: string; date: string | null }>(
        `SELECT s.timezone AS zone, d.race_date AS date FROM timing_sessions s
         LEFT JOIN race_days d ON d.id = s.race_day_id WHERE s.id = ?`,
        id,
      ) ?? { zone: 'UTC', date: null }
    known.set(id, found)
    return found
  }
  return (sessionId, at) => {
    const { zone, date } = sessionOf(sessionId)
    const race = date === null ? '' : `, the race is on ${date}`
    return `its clock says ${localTime(at, zone).slice(0, 19)}${race}`
  }
}
