import type { OffsetShown } from '../../api/reader-clocks.ts'

/** "+2.31 s", "−1 h 00 min 02.5 s": what is added to a reader's times. */
export function offsetInWords(ms: number): string {
  const sign = ms < 0 ? '−' : '+'
  const all = Math.abs(ms)
  const hours = Math.floor(all / 3_600_000)
  const minutes = Math.floor(all / 60_000) % 60
  const seconds = ((all % 60_000) / 1000).toFixed(3).replace(/0{1,2}$/, '')
  if (hours > 0) return `${sign}${hours} h ${String(minutes).padStart(2, '0')} min ${seconds} s`
  if (minutes > 0) return `${sign}${minutes} min ${seconds} s`
  return `${sign}${seconds} s`
}

/** Ms of "2.31", "-3600", "+1:00:02,5"; null while it is none of these. */
export function offsetTyped(text: string): number | null {
  const match = /^([+\-−]?)(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  if (!match) return null
  const [, sign = '', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  const ms =
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'))
  return sign === '' || sign === '+' ? ms : -ms
}

const HOW: Readonly<Record<OffsetShown['how'], string>> = {
  constant: 'typed',
  read: 'measured at a read',
  gun: 'measured at a gun',
}

export const howInWords = (how: OffsetShown['how']): string => HOW[how]
