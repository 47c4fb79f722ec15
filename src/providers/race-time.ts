const CLOCK = /^(?:(\d{1,3}):)?(\d{1,2}):(\d\d(?:\.\d{1,3})?)$/
const SECONDS = /^\d{1,7}(?:\.\d{1,6})?$/

/** How long a race took, ms, from `h:mm:ss.hh`, `mm:ss` or seconds; null where the text is none of them. */
export function raceTimeMs(written: string | null): number | null {
  if (written === null) return null
  if (SECONDS.test(written)) return Math.round(Number(written) * 1000)
  const [, hours = '0', minutes, seconds] = CLOCK.exec(written) ?? []
  if (minutes === undefined || seconds === undefined || Number(seconds) >= 60) return null
  return (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000)
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `h:mm:ss.hh`: whole hundredths, and none gained, as a clock shows them. */
export function raceTimeText(ms: number): string {
  const hundredths = Math.floor(ms / 10)
  const seconds = Math.floor(hundredths / 100)
  const clock = [Math.floor(seconds / 3600), two(Math.floor(seconds / 60) % 60), two(seconds % 60)].join(':')
  return `${clock}.${two(hundredths % 100)}`
}
