const whole = new Intl.NumberFormat('en-US')

export const count = (value: number): string => whole.format(value)

/** "1 read", "2 reads". */
export const counted = (value: number, one: string, many: string = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Reads per second: one digit below ten. */
export const rate = (value: number): string =>
  value > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, '') : count(Math.round(value))

/** "98 %" of 0 to 1. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** "a, b and c". */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

/** A number as it was typed, with a point or a comma; null where it is none, or nothing. */
export const typedNumber = (text: string): number | null =>
  /^\d+([.,]\d+)?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : null
