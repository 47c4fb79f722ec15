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
 * @param same whether what came back is what was sent
 */
export function differences(
  sent: Values,
  back: Values,
  given: ReadonlySet<string>,
  same: (field: string, sent: string, back: string) => boolean,
): readonly Difference[] {
  return Object.entries(sent).flatMap(([field, value]) => {
    const came = back[field] ?? null
    if (!given.has(field) || (came !== null && same(field, value, came))) return []
    return [{ field, sent: value, back: came }]
  })
}

/** "entry_bib sent 007, came back 7". */
export const differenceInWords = ({ field, sent, back }: Difference): string =>
  back === null ? `${field} sent ${sent}, nothing came back` : `${field} sent ${sent}, came back ${back}`
