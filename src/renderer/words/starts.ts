import type { GunShown, StartShown } from '../../api/starts.ts'
import { parseWall, wallToInstant } from '../../core/time.ts'
import { moment } from './time.ts'

/** "10K", "10K, wave B". */
export const startName = ({ eventName, wave }: Pick<StartShown, 'eventName' | 'wave'>): string =>
  wave === '' ? eventName : `${eventName}, wave ${wave}`

/** How the gun that counts was found, and by whom. */
export function foundInWords(start: StartShown, zone: string): string {
  const { found, decidedBy, decidedAt, reason } = start
  const who = decidedBy === null || decidedAt === null ? '' : ` by ${decidedBy}, ${moment(decidedAt, zone)}`
  const why = reason === null ? '' : ` (${reason})`
  switch (found) {
    case 'corrected':
      return `corrected${who}${why}`
    case 'chosen':
      return `chosen${who}${why}`
    case 'nearest':
      return 'nearest to the plan, nobody chose it'
    case 'event':
      return 'the event’s gun, none of its own'
    case null:
      return start.plannedAt === null ? 'no gun, and no plan to look near' : 'no gun near the plan'
  }
}

/** Where a gun read came from. */
export function gunSource(gun: GunShown): string {
  if (gun.source === 'by-hand') return gun.raw
  return [gun.location, gun.device].filter(Boolean).join(', ')
}

/** "08:00:12.5" of the race day at the site as a moment; null while it is no time of day. */
export function timeOfDay(text: string, date: string, zone: string): number | null {
  const typed = text.trim()
  if (!/^\d{1,2}:\d\d(:\d\d([.,]\d{1,3})?)?$/.test(typed)) return null
  const whole = /:\d\d:/.test(typed) ? typed.replace(',', '.') : `${typed}:00`
  const wall = parseWall(`${date}T${whole}`)
  return wall === null ? null : wallToInstant(wall, zone)
}
