/** A field that does not stand as it was meant to. */
export interface Difference {
  readonly field: string
  readonly sent: string
  /** Null: nothing came back. */
  readonly back: string | null
}

type Values = Readonly<Record<string, string>>

/**
 * What of an entry's values came back otherwise. A field that no entry gives back is not compared: the target may not
 * show it.
 * @param given fields that the target gives back of anybody
 */
export function differences(sent: Values, back: Values, given: ReadonlySet<string>): readonly Difference[] {
  return Object.entries(sent).flatMap(([field, value]) => {
    if (!given.has(field) || back[field] === value) return []
    return [{ field, sent: value, back: back[field] ?? null }]
  })
}

/** "entry_bib sent 007, came back 7". */
export const differenceInWords = ({ field, sent, back }: Difference): string =>
  back === null ? `${field} sent ${sent}, nothing came back` : `${field} sent ${sent}, came back ${back}`
