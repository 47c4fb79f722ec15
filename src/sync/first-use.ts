import { differenceInWords, differences } from '../core/differences.ts'
import { sameValue } from '../core/same-value.ts'
import type { TargetEntry, TargetRace } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'
import type { Desired } from './entries.ts'
import { noteSeen } from './evidence.ts'
import type { Held, Progress } from './operations.ts'
import { doubtReceipts } from './receipts.ts'

/** So many entries are read back before the others are sent. */
export const FIRST_ENTRIES = 5
/** When of so many not one was accepted, no more are tried. */
export const MOST_TRIED = 25

const held = (message: string): Held => ({ code: 'sync.first-use', message })

/**
 * The first live use of a push that nobody has confirmed: a few entries are sent and read back. As sent: the account is
 * known to work. Otherwise the connection is no longer allowed to push, and each difference is a refused record.
 * @param send sends some entries; answers those that were accepted
 * @returns how many were sent, and why the rest must wait; null: it goes on
 */
export async function firstUse<Item extends { readonly desired: Desired }>(
  store: Store,
  connection: ConnectionRow,
  target: Account,
  race: TargetRace,
  { ready: items, waiting }: { readonly ready: readonly Item[]; readonly waiting: number },
  progress: Progress,
  send: (items: readonly Item[]) => Promise<readonly Desired[]>,
): Promise<{ readonly sent: number; readonly held: Held | null }> {
  const accepted: Desired[] = []
  let sent = 0
  while (accepted.length < FIRST_ENTRIES && sent < Math.min(items.length, MOST_TRIED)) {
    const next = items.slice(sent, sent + FIRST_ENTRIES - accepted.length)
    accepted.push(...(await send(next)))
    sent += next.length
  }
  if (accepted.length === 0) {
    if (sent < waiting)
      return { sent, held: held(`The first ${sent} entries were all refused: the others wait.`) }
    return { sent, held: null }
  }
  const troubled = await readAgain(target, race, accepted)
  if (troubled.size > 0) {
    for (const [desired, message] of troubled) {
      progress.refused({
        stage: 'push',
        code: 'entry.differs',
        message,
        participantId: desired.participantId,
        sourceParticipantId: desired.sourceParticipantId,
      })
    }
    doubtReceipts(store, target, race, [...troubled.keys()])
    holdAgain(store, connection, [...troubled.values()])
    const words = `${troubled.size} of the first ${accepted.length} entries came back otherwise than sent: ${[...troubled.values()][0]}. The push is no longer allowed.`
    return { sent, held: held(words) }
  }
  // Fewer say too little: the next run looks at its first ones again.
  if (accepted.length >= FIRST_ENTRIES)
    noteSeen(store, target, 'push', `${accepted.length} entries came back as sent`)
  return { sent, held: null }
}

/** Those that came back otherwise than sent, with what differs. */
async function readAgain(
  target: Account,
  race: TargetRace,
  accepted: readonly Desired[],
): Promise<ReadonlyMap<Desired, string>> {
  const { entries } = target.provider
  const byKey = new Map<string, TargetEntry>()
  const given = new Set<string>()
  if (entries) {
    for await (const page of entries.readBack(target.context, race)) {
      for (const entry of page.items) {
        if (entry.key !== null) byKey.set(entry.key, entry)
        for (const field of Object.keys(entry.values ?? {})) given.add(field)
      }
    }
  }
  const fieldOf = new Map(target.provider.fields.map(field => [field.name, field]))
  const same = (field: string, sent: string, back: string): boolean =>
    sameValue(fieldOf.get(field), sent, back)
  const troubled = new Map<Desired, string>()
  for (const desired of accepted) {
    const entry = byKey.get(desired.key)
    if (entry === undefined) {
      troubled.set(desired, `${desired.name} was accepted but is not in the race when it is read back`)
      continue
    }
    const found = differences(desired.values, entry.values ?? {}, given, same)
    const words = found.map(differenceInWords)
    const { bibNumber } = desired
    const bibSent = bibNumber !== null && Object.values(desired.values).includes(bibNumber)
    if (words.length === 0 && bibSent && entry.bib !== bibNumber)
      words.push(`bib sent ${bibNumber}, ${entry.bib === null ? 'none' : entry.bib} came back`)
    if (words.length > 0) troubled.set(desired, `${desired.name}: ${words.join('; ')}`)
  }
  return troubled
}

function holdAgain(store: Store, connection: ConnectionRow, found: readonly string[]): void {
  store.write(writer => {
    const row = rowWhere(writer, 'provider_connections', 'id = ?', connection.id)
    if (row === null) return
    writer.put('provider_connections', {
      ...row,
      inferredAllowed: false,
      clock: writer.clock,
      updatedAt: writer.at,
    })
    writer.audit({
      action: 'push held again: entries came back otherwise than sent',
      table: 'provider_connections',
      rowId: connection.id,
      before: { inferred_allowed: true },
      after: { inferred_allowed: false, found: [...found] },
    })
  })
}
