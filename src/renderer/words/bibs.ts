import type { DoubleBib } from '../../api/desk.ts'
import { moment } from './time.ts'

type Wearer = DoubleBib['wearers'][number]

/** "bib given by Ann, 05:12", or that it came from the source. */
export const bibDecision = (wearer: Pick<Wearer, 'decidedAt' | 'decidedBy'>, zone: string): string =>
  wearer.decidedAt === null
    ? 'bib as entered'
    : `bib given by ${wearer.decidedBy ?? 'the crew'}, ${moment(wearer.decidedAt, zone)}`

/** Whose the reads of a bib are that several wear. */
export function bibLinks(
  bib: string,
  wearers: readonly Pick<Wearer, 'id' | 'name'>[],
  linksTo: string | null,
): string {
  const one = wearers.find(wearer => wearer.id === linksTo)
  if (one) return `Its reads link to ${one.name}, whose bib was decided last.`
  return `Its reads link to nobody: no decision says who wears ${bib}. Give one of them the bib with F2.`
}
