import type { Read } from '../../api/timing.ts'
import type { LinkRoute, UnlinkedReason } from '../../core/model.ts'

const REASONS: Readonly<Record<UnlinkedReason, string>> = {
  'unknown-chip': 'chip on no bib and nobody’s own',
  'unknown-bib': 'nobody wears this bib',
  ambiguous: 'two people could be meant',
  'unknown-location': 'no location given to this reader',
  'no-time': 'no time that counts',
  'test-chip': 'the crew’s test chip',
  'ignored-chip': 'nobody’s chip on purpose',
}

export const reasonInWords = (reason: UnlinkedReason): string => REASONS[reason]

const ROUTES: Readonly<Record<LinkRoute, string>> = {
  crew: 'by the crew',
  'chip-assignment': 'given chip',
  chip: 'own chip',
  'bib-chip': 'chip on bib',
  bib: 'bib tag',
}

export const routeInWords = (route: LinkRoute): string => ROUTES[route]

/** Of a read keyed by hand that is nobody's. */
function whoseKeyed(read: Read): string {
  if (read.route === 'crew') return 'Taken back, or given a bib since'
  if (!read.bibNumber) return 'Bib to come'
  if (read.reason === 'ambiguous') return 'Two people could be meant'
  return read.state === null ? 'Not linked yet' : 'Nobody wears this bib'
}

/** Who a read is, or why nobody: "Chip 9573 unknown". */
export function whoseRead(read: Read): string {
  if (read.kind === 'gun') return 'Gun'
  if (read.kind === 'marker') return 'Reader’s marker'
  if (read.kind === 'new-location') return 'New location'
  if (read.name !== null) return read.name
  if (read.kind === 'manual') return whoseKeyed(read)
  const chip = read.chip === null ? 'No chip' : `Chip ${read.chip}`
  switch (read.reason) {
    case 'unknown-chip':
      return `${chip} unknown`
    case 'unknown-bib':
      return `${chip}: nobody wears this bib`
    case 'ambiguous':
      return `${chip}: two people could be meant`
    case 'unknown-location':
      return `${chip}: reader without a location`
    case 'no-time':
      return `${chip}: ${read.timeProblem ?? 'no time'}`
    case 'test-chip':
      return `${chip}: test chip`
    case 'ignored-chip':
      return `${chip}: nobody’s on purpose`
    case null:
      return read.state === null ? `${read.chip ?? chip} not linked yet` : chip
  }
}

/** The last column: what is particular about a read; empty where nothing is. */
export function stateInWords(read: Read): string {
  if (read.state === 'duplicate') return 'again'
  if (read.kind === 'manual') return 'keyed'
  if (read.route === 'crew') return 'by crew'
  return ''
}
