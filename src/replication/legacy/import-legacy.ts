import type { Client, ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'
import { actFor } from '../central/act-for.ts'
import { type Batch, batchesAfter } from './batches.ts'
import { type OldTables, openOldTables, readableSession } from './old-tables.ts'
import { type ImportReport, reportOf } from './report.ts'

/** As it stands in the partners' audit. */
const REASON = "Import of the existing platform's tables"

/** Rows of one transaction. */
const BATCH = 20_000

export interface ImportProgress {
  readonly partner: number
  readonly kind: string
  readonly done: number
  readonly of: number
}

export interface ImportParts {
  /** Opens a session of the central database; closed again by the import. */
  readonly central: () => Promise<Client>
  /** Opens a session of the old tables' server; null: they are in the central database. */
  readonly far: (() => Promise<Client>) | null
  /** Null: all of them. */
  readonly partners: readonly number[] | null
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
  /** Partners at the same time. */
  readonly lanes?: number
}

const CANCELLED = (): AppError =>
  new AppError('cancelled', 'Stopped. What was taken stays; the same command goes on where this one stopped.')

/**
 * Brings the existing platform's events, people and results into the normalized tables. Each batch and how far it came are
 * one transaction, so that it may be killed anywhere; the same command goes on. Rows that a laptop synced are left alone.
 * @throws AppError cancelled, auth.forbidden, not-found, conflict
 */
export async function importLegacy(parts: ImportParts): Promise<ImportReport> {
  const sessions: Client[] = []
  const lane = async (): Promise<{ readonly central: Client; readonly old: OldTables }> => {
    const central = await parts.central()
    sessions.push(central)
    const far = parts.far === null ? null : await parts.far()
    if (far !== null) sessions.push(far)
    await readableSession(central)
    return { central, old: await openOldTables(central, far) }
  }
  try {
    const first = await lane()
    const wanted = await partnersToTake(first.central, first.old, parts.partners, parts.far !== null)
    const waiting = [...wanted]
    const work = async (): Promise<void> => {
      let mine: Awaited<ReturnType<typeof lane>> | null = null
      for (let partner = waiting.shift(); partner !== undefined; partner = waiting.shift()) {
        mine ??= await lane()
        await actFor(mine.central, partner, REASON)
        await importPartner(mine.central, mine.old, partner, parts)
      }
    }
    const lanes = Math.min(parts.lanes ?? 2, wanted.length)
    const ended = await Promise.allSettled(Array.from({ length: lanes }, work))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    await actFor(first.central, null, REASON)
    await first.central.query('SELECT trackside.legacy_close($1, $2)', [wanted, first.old.source])
    return await reportOf(first.central, first.old, wanted)
  } finally {
    await Promise.all(sessions.map(session => session.end().catch(() => undefined)))
  }
}

/** Partners of the old tables, made known at the centre where they come from afar. */
async function partnersToTake(
  central: ClientBase,
  old: OldTables,
  asked: readonly number[] | null,
  fromAfar: boolean,
): Promise<readonly number[]> {
  const there = await old.partners()
  const wanted = asked === null ? there : there.filter(({ id }) => asked.includes(id))
  const missing = asked?.find(id => !there.some(one => one.id === id))
  if (missing !== undefined) {
    const known = there.map(({ id, name }) => `${id} (${name})`).join(', ')
    throw new AppError(
      'not-found',
      `There is no timing partner ${missing} there. There is: ${known || 'none'}.`,
    )
  }
  if (!fromAfar) return wanted.map(({ id }) => id)
  for (const { id, name } of wanted) {
    const { rows } = await central.query<{ name: string }>('SELECT name FROM timing_partners WHERE id = $1', [
      id,
    ])
    const [here] = rows
    if (here === undefined)
      await central.query('INSERT INTO timing_partners (id, name) VALUES ($1, $2)', [id, name])
    else if (here.name !== name)
      throw new AppError(
        'conflict',
        `Timing partner ${id} is “${name}” there and “${here.name}” here. Give one of them another number first.`,
      )
  }
  return wanted.map(({ id }) => id)
}

async function importPartner(
  central: ClientBase,
  old: OldTables,
  partner: number,
  parts: Pick<ImportParts, 'signal' | 'onProgress'>,
): Promise<void> {
  const { rows: named } = await central.query<{ kind: string }>(
    'SELECT unnest(trackside.legacy_kinds()) AS kind',
  )
  for (const { kind } of named) {
    const question = await old.ask(kind)
    if (question === null) continue
    const counts = await old.counts(question, partner)
    if (counts.length === 0) continue
    const there = counts.reduce((sum, { rows }) => sum + rows, 0)
    const { rows } = await central.query<{ is_done: boolean; done_to: string | null }>(
      'SELECT is_done, done_to FROM trackside.legacy_begin($1, $2, $3, $4)',
      [partner, old.source, kind, there],
    )
    const [begun] = rows
    if (begun?.is_done) continue
    const batches = batchesAfter(counts, begun?.done_to ?? null, BATCH)
    let done = there - batches.reduce((sum, batch) => sum + batch.rows, 0)
    for (const batch of batches) {
      if (parts.signal.aborted) throw CANCELLED()
      await takeBatch(central, old, { partner, kind, batch, question })
      done += batch.rows
      parts.onProgress({ partner, kind, done, of: there })
    }
    await central.query('SELECT trackside.legacy_end($1, $2, $3)', [partner, old.source, kind])
  }
}

async function takeBatch(
  central: ClientBase,
  old: OldTables,
  what: {
    readonly partner: number
    readonly kind: string
    readonly batch: Batch
    readonly question: { readonly count: string; readonly rows: string }
  },
): Promise<void> {
  await central.query('BEGIN')
  try {
    await central.query(`SET LOCAL trackside.history = 'on'`)
    await old.fill(what.question, what.partner, what.batch.keys)
    await central.query('SELECT trackside.legacy_take($1, $2, $3, $4)', [
      what.partner,
      old.source,
      what.kind,
      what.batch.last,
    ])
    await central.query('COMMIT')
  } catch (error) {
    await central.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
