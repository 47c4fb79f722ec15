/** What a display does: who crosses now, who comes next, who checks in before the race, how many are where. */
export const DISPLAY_MODES = ['crossings', 'announcer', 'pre-race', 'counts'] as const
export type DisplayMode = (typeof DISPLAY_MODES)[number]

/** What may stand beside a name. What a layout does not choose never leaves the laptop. */
export const DISPLAY_FIELDS = [
  'bib',
  'event',
  'team',
  'hometown',
  'location',
  'race-time',
  'chip-time',
  'message',
] as const
export type DisplayField = (typeof DISPLAY_FIELDS)[number]

/** How a display looks. Colours are #rrggbb and count where the theme is the brand's own. */
export interface DisplayLook {
  readonly theme: 'dark' | 'light' | 'brand'
  readonly background: string
  readonly text: string
  readonly accent: string
  /** Above everything; null: the race day's name. */
  readonly title: string | null
  readonly fields: readonly DisplayField[]
  /** One a runner, in turn by bib: {name}, {first}, {team} and {city} stand for the runner's own. */
  readonly messages: readonly string[]
}

export const DEFAULT_LOOK: DisplayLook = {
  theme: 'dark',
  background: '#0b2545',
  text: '#ffffff',
  accent: '#ffb224',
  title: null,
  fields: ['bib', 'event', 'team', 'hometown', 'race-time', 'message'],
  messages: ['Well done, {first}!', 'You made it, {first}!', 'What a run, {first}!'],
}

/** No 0, O, 1, I or L: an address is read off a wall and typed into a television. */
export const ADDRESS_LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const ADDRESS = new RegExp(`^[${ADDRESS_LETTERS}]{8}$`)

/** As it is kept, or null if it is none. */
export function displayAddress(text: string): string | null {
  const address = text.trim().toUpperCase()
  return ADDRESS.test(address) ? address : null
}

export interface MessageValues {
  readonly name: string | null
  readonly first: string | null
  readonly team: string | null
  readonly city: string | null
}

/** The layout's line for a runner: the same each time, and none that would have a hole in it. */
export function messageFor(lines: readonly string[], key: string, values: MessageValues): string | null {
  const fitting = lines.filter(line =>
    [...line.matchAll(/\{(\w+)\}/g)].every(([, word]) => Boolean(values[word as keyof MessageValues])),
  )
  let sum = 0
  for (const letter of key) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003
  const line = fitting[sum % Math.max(1, fitting.length)]
  if (line === undefined) return null
  return line.replace(/\{(\w+)\}/g, (_, word: keyof MessageValues) => values[word] ?? '')
}

/** An image by its first bytes; null for anything else, whatever it is named. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const starts = (...wanted: readonly number[]): boolean =>
    wanted.every((byte, index) => bytes[index] === byte)
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.slice(from, to))
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png'
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  return /^\uFEFF?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?<svg[\s>]/.test(
    new TextDecoder().decode(bytes.slice(0, 2000)),
  )
    ? 'image/svg+xml'
    : null
}
