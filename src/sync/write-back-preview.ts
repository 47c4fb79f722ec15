import type { ConnectionRow } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import { type AccountParts, openSide, working } from './account.ts'
import { isConfirmed } from './evidence.ts'
import { digestOf, isNothing, type WeighedNumbers } from './numbers.ts'
import { toSend, weighWriteBack, writeBackOf } from './write-back.ts'

/** Rows shown of each kind; counts are whole. */
const SHOWN = 100

interface PreviewRow {
  readonly participantId: string
  readonly name: string
  readonly eventName: string
  readonly message: string | null
  readonly changes: { field: 'bib' | 'chip'; old: string | null; new: string | null }[]
}

export interface WriteBackPreview {
  /** Handed back, a run writes what is said here and nothing else. */
  readonly agreed: string
  readonly changed: { count: number; rows: PreviewRow[] }
  readonly refused: { count: number; rows: PreviewRow[] }
  /** Whose numbers the crew decided and registration has already. */
  readonly unchanged: number
  readonly inferred: boolean
  readonly msPerRegistration: number
  readonly calls: number
}

/** What a write-back would do, by its own path; nothing is sent. */
export async function previewWriteBack(
  store: Store,
  parts: AccountParts,
  connection: ConnectionRow,
  signal: AbortSignal,
): Promise<WriteBackPreview> {
  const provider = parts.providerById(connection.sourceProvider)
  const { batch, pauseMs } = writeBackOf(provider)
  let calls = 0
  const called = (): void => {
    calls += 1
  }
  const account = await openSide(parts, connection, 'source', { signal, urgent: true, called })
  const weighed = await working(
    parts,
    () => account,
    () => weighWriteBack(store, connection, account),
  )
  const due = toSend(weighed)
  const refused = weighed.filter(({ refusal }) => refusal !== null)
  return {
    agreed: digestOf(due),
    changed: { count: due.length, rows: due.slice(0, SHOWN).map(shown) },
    refused: { count: refused.length, rows: refused.slice(0, SHOWN).map(shown) },
    unchanged: weighed.filter(({ sent, refusal }) => refusal === null && isNothing(sent)).length,
    inferred: !isConfirmed(store.read, account, 'write-back'),
    msPerRegistration: pauseMs / batch,
    calls,
  }
}

const shown = ({ participantId, name, event, before, sent, refusal }: WeighedNumbers): PreviewRow => ({
  participantId,
  name,
  eventName: event.eventName,
  message: refusal,
  changes: (['bib', 'chip'] as const).flatMap(field =>
    sent[field] === null ? [] : [{ field, old: before[field], new: sent[field] }],
  ),
})
