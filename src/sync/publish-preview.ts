import type { Provider } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { type Account, type AccountParts, openSide, working } from './account.ts'
import { isConfirmed } from './evidence.ts'
import { type Change, changesOf, type Weighed } from './publication.ts'
import { sendingOf, weighPublication } from './publish.ts'

/** Rows shown of each kind; counts are whole. */
const SHOWN = 100

interface PreviewRow {
  readonly resultId: string
  readonly bibNumber: string | null
  readonly name: string
  message: string | null
  changes: Change[]
}

interface Part {
  count: number
  rows: PreviewRow[]
}

export interface PublishPreview {
  /** Ms UTC: a publication of this moment sends what is said here, and nothing else. */
  readonly asOf: number
  readonly added: Part
  readonly corrected: Part
  readonly tooFresh: Part
  readonly noRegistration: Part
  readonly refused: Part
  readonly left: Part
  unchanged: number
  /** Runners whom the provider tells: of results that are new, and of corrections. */
  notifiedOfNew: number
  notifiedOfCorrections: number
  readonly msPerResult: number
  inferred: boolean
  calls: number
}

/** What a publication would do, by its own path; nothing is sent. */
export async function previewPublication(
  store: Store,
  parts: AccountParts,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  asOf: number,
  signal: AbortSignal,
): Promise<PublishPreview> {
  const part = (): Part => ({ count: 0, rows: [] })
  const source: Provider = parts.providerById(connection.sourceProvider)
  const preview: PublishPreview = {
    asOf,
    ...{
      added: part(),
      corrected: part(),
      tooFresh: part(),
      noRegistration: part(),
      refused: part(),
      left: part(),
    },
    unchanged: 0,
    notifiedOfNew: 0,
    notifiedOfCorrections: 0,
    msPerResult: paceOf(source),
    inferred: false,
    calls: 0,
  }
  const called = (): void => {
    preview.calls += 1
  }
  const account: Account = await openSide(parts, connection, 'source', { signal, urgent: true, called })
  const { weighed } = await working(
    parts,
    () => account,
    () => weighPublication(store, connection, event, account, asOf),
  )
  preview.inferred = !isConfirmed(store.read, account, 'publish')
  for (const one of weighed) count(preview, one, source.publication?.notifiesRunners ?? false)
  return preview
}

const paceOf = (source: Provider): number => {
  const { batch, pauseMs } = sendingOf(source)
  return pauseMs / batch
}

function count(preview: PublishPreview, weighed: Weighed, notifies: boolean): void {
  const { verdict, result } = weighed
  const told = notifies && result.sourceParticipantId !== null ? 1 : 0
  switch (verdict.kind) {
    case 'added':
      preview.notifiedOfNew += told
      add(preview.added, weighed)
      break
    case 'corrected':
      preview.notifiedOfCorrections += told
      add(preview.corrected, weighed, { changes: changesOf(verdict.before, weighed.values) })
      break
    case 'unchanged':
    case 'held':
      preview.unchanged += 1
      break
    case 'too-fresh':
      add(preview.tooFresh, weighed)
      break
    case 'left':
      add(preview.left, weighed)
      break
    case 'no-registration':
      add(preview.noRegistration, weighed, { message: verdict.message })
      break
    case 'refused':
      add(preview.refused, weighed, { message: verdict.message })
      break
    case 'not-yet':
      break
  }
}

function add(part: Part, { row, result, name }: Weighed, more: Partial<PreviewRow> = {}): void {
  part.count += 1
  if (part.rows.length >= SHOWN) return
  part.rows.push({ resultId: row.id, bibNumber: result.bib, name, message: null, changes: [], ...more })
}
