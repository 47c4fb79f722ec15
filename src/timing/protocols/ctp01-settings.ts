import { TIME_FORMATS, type TimeFormat } from './ctp01-said.ts'

/** What the scoring side asks for in its greeting. */
export interface AskedSettings {
  /** One location over this link. */
  readonly single: boolean
  readonly guntimes: boolean
  readonly newlocations: boolean
  /** New locations are not announced before the connection's id was asked for. */
  readonly heldBack: boolean
  readonly push: boolean
  readonly acks: boolean
  readonly timeFormat: TimeFormat
  /** `none` unless it asks for a password. */
  readonly authentication: string
  readonly tagFormat: string
}

const isTimeFormat = (text: string): text is TimeFormat => TIME_FORMATS.some(format => format === text)

/** `option=value` lines with the vendor's defaults; what is unknown is left out. */
export function readAskedSettings(lines: readonly string[]): AskedSettings {
  const asked = new Map(
    lines.map(line => {
      const at = line.indexOf('=')
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  const said = (option: string): string => (asked.get(option) ?? '').toLowerCase()
  const push = said('stream-mode') === 'push'
  const timeFormat = said('time-format')
  return {
    single: said('location') === 'single',
    // The option is push mode's; the vendor's example of pull mode has a gun without it.
    guntimes: push ? said('guntimes') === 'true' : said('guntimes') !== 'false',
    newlocations: push && said('newlocations') === 'true',
    heldBack: said('connection-id') === 'true',
    push,
    acks: said('pushmode-ack') === 'true',
    timeFormat: isTimeFormat(timeFormat) ? timeFormat : 'normal',
    authentication: said('authentication') || 'none',
    tagFormat: (asked.get('tagevent-format') ?? 'CT01_33').toUpperCase(),
  }
}
