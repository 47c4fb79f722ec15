import type { Client, ClientBase } from 'pg'
import { type Compared, type PersonDecision, peopleOf } from '../../core/same-person.ts'
import { actFor } from '../central/act-for.ts'

/** As it stands in the partners' audit. */
const REASON = 'Who is one person is computed'

/** Blocks of one first name that are compared in one transaction, at most. */
const BLOCKS = 20
/** Registrations of one transaction, about: a session that thinks for a minute in the middle of one is ended. */
const TOGETHER = 10_000

/** A partner's blocks are about as large as those before. */
const blocksFor = ({ registrations }: PeopleCounts, blocks: number): number =>
  Math.max(1, Math.min(BLOCKS, Math.floor((TOGETHER * blocks) / Math.max(1, registrations))))

export interface PeopleCounts {
  readonly registrations: number
  readonly people: number
}

export interface RecomputeOptions {
  readonly signal: AbortSignal
  readonly onProgress?: (partner: number, counts: PeopleCounts) => void
}

/**
 * Says of a partner's registrations that changed whose they are. Cut anywhere it goes on with what is still marked.
 * @returns how many registrations were compared, and how many people they are
 */
export async function recomputePeople(
  central: ClientBase,
  partner: number,
  { signal, onProgress }: RecomputeOptions,
): Promise<PeopleCounts> {
  let counts: PeopleCounts = { registrations: 0, people: 0 }
  let blocks = 1
  while (!signal.aborted) {
    const compared = await compareSome(central, partner, blocks)
    if (compared === null) break
    blocks = blocksFor(compared, blocks)
    counts = {
      registrations: counts.registrations + compared.registrations,
      people: counts.people + compared.people,
    }
    onProgress?.(partner, counts)
  }
  return counts
}

/** Partners with registrations that nobody compared since they changed. */
export async function partnersToCompare(central: ClientBase): Promise<readonly number[]> {
  const { rows } = await central.query<{ id: number }>(
    'SELECT DISTINCT timing_partner_id AS id FROM trackside.stale_people ORDER BY 1',
  )
  return rows.map(({ id }) => id)
}

/**
 * All of these partners, two at a time.
 * @param connect opens a session of the central database; closed again here
 * @param partners null: all that have changes
 * @throws AppError auth.forbidden
 */
export async function recomputeEverybody(
  connect: () => Promise<Client>,
  partners: readonly number[] | null,
  options: RecomputeOptions,
): Promise<PeopleCounts> {
  const sessions: Client[] = []
  const open = async (): Promise<Client> => {
    const central = await connect()
    sessions.push(central)
    return central
  }
  const total = { registrations: 0, people: 0 }
  try {
    const first = await open()
    await actFor(first, null, REASON)
    const waiting = [...(partners ?? (await partnersToCompare(first)))]
    const work = async (central: Client): Promise<void> => {
      for (let partner = waiting.shift(); partner !== undefined; partner = waiting.shift()) {
        await actFor(central, partner, REASON)
        const counts = await recomputePeople(central, partner, options)
        total.registrations += counts.registrations
        total.people += counts.people
      }
    }
    const ended = await Promise.allSettled([work(await open()), work(await open())])
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    return total
  } finally {
    await Promise.all(sessions.map(session => session.end().catch(() => undefined)))
  }
}

/** @returns null: nothing is marked */
async function compareSome(central: ClientBase, partner: number, most: number): Promise<PeopleCounts | null> {
  await central.query('BEGIN')
  try {
    const { rows } = await central.query<{ blocks: readonly string[] }>(
      'SELECT trackside.take_stale_people($1, $2) AS blocks',
      [partner, most],
    )
    const blocks = rows[0]?.blocks ?? []
    const done = blocks.length === 0 ? null : await compareBlocks(central, partner, blocks)
    await central.query('COMMIT')
    return done
  } catch (error) {
    await central.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Says at once whose these registrations are, whatever else waits to be compared. */
export async function recomputeAround(
  central: ClientBase,
  partner: number,
  registrations: readonly string[],
): Promise<void> {
  await central.query('BEGIN')
  try {
    await central.query('SELECT trackside.hold_people($1)', [partner])
    const { rows } = await central.query<{ block: string }>(
      `SELECT DISTINCT trackside.person_block(first_name) AS block FROM normalized_participants
       WHERE timing_partner_id = $1 AND id = ANY ($2::uuid[])`,
      [partner, registrations],
    )
    await compareBlocks(
      central,
      partner,
      rows.map(({ block }) => block),
    )
    await central.query('COMMIT')
  } catch (error) {
    await central.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function compareBlocks(
  central: ClientBase,
  partner: number,
  stale: readonly string[],
): Promise<PeopleCounts> {
  const decisions = await decisionsOf(central, partner)
  const blocks = await withTheirs(central, partner, stale, decisions)
  const registrations = await registrationsOf(central, partner, blocks)
  const people = peopleOf(registrations, decisions)
  const members = people.flatMap(person =>
    person.members.map(member => ({ ...member, person: person.id, confidence: person.confidence })),
  )
  await central.query('SELECT trackside.write_people($1, $2, $3, $4, $5)', [
    partner,
    members.map(({ id }) => id),
    members.map(({ person }) => person),
    members.map(({ evidence }) => evidence),
    members.map(({ confidence }) => confidence),
  ])
  return { registrations: registrations.length, people: people.length }
}

async function decisionsOf(central: ClientBase, partner: number): Promise<readonly PersonDecision[]> {
  const { rows } = await central.query<{ kind: string; participant_id: string; other_id: string | null }>(
    `SELECT kind, participant_id, other_id FROM trackside.person_decisions
     WHERE timing_partner_id = $1 AND withdrawn_at IS NULL ORDER BY id`,
    [partner],
  )
  return rows.map(({ kind, participant_id: participantId, other_id: otherId }) =>
    kind === 'same' && otherId !== null
      ? { kind: 'same', participantId, otherId }
      : { kind: 'apart', participantId },
  )
}

/**
 * Those blocks, and the others that hold somebody whom the crew joins, or once joined, with somebody in them: a person is
 * written whole.
 */
async function withTheirs(
  central: ClientBase,
  partner: number,
  stale: readonly string[],
  decisions: readonly PersonDecision[],
): Promise<readonly string[]> {
  const joined = decisions.flatMap(one => (one.kind === 'same' ? [one.participantId, one.otherId] : []))
  const { rows } = await central.query<{ id: string; block: string; person: string | null }>(
    // Arrays, so that indexes answer: an OR of two ways reads all of the partner's people each time.
    `SELECT id, trackside.person_block(first_name) AS block, global_participant_id AS person FROM normalized_participants
     WHERE timing_partner_id = $1 AND id = ANY ($2::uuid[])
     UNION
     SELECT id, trackside.person_block(first_name), global_participant_id FROM normalized_participants
     WHERE timing_partner_id = $1 AND global_participant_id = ANY (ARRAY(
       SELECT o.global_participant_id FROM normalized_participants o WHERE o.timing_partner_id = $1 AND o.id = ANY (ARRAY(
         SELECT unnest(ARRAY[d.participant_id, d.other_id]) FROM trackside.person_decisions d WHERE d.timing_partner_id = $1 AND d.kind = 'same'))))`,
    [partner, joined],
  )
  const blocks = new Set(stale)
  const blockOf = new Map(rows.map(({ id, block }) => [id, block]))
  const formerly = Map.groupBy(
    rows.filter(({ person }) => person !== null),
    ({ person }) => person,
  )
  const ties = [
    ...decisions.flatMap(one => (one.kind === 'same' ? [[one.participantId, one.otherId]] : [])),
    ...[...formerly.values()].map(of => of.map(({ id }) => id)),
  ].map(ids => ids.flatMap(id => blockOf.get(id) ?? []))
  for (let before = -1; before !== blocks.size; ) {
    before = blocks.size
    for (const tied of ties)
      if (tied.some(block => blocks.has(block))) for (const block of tied) blocks.add(block)
  }
  return [...blocks]
}

async function registrationsOf(
  central: ClientBase,
  partner: number,
  blocks: readonly string[],
): Promise<readonly Compared[]> {
  const { rows } = await central.query<Compared>(
    `SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.phone, p.city, p.state,
       to_char(p.date_of_birth, 'YYYY-MM-DD') AS "dateOfBirth", p.age::integer AS age, to_char(e.event_date, 'YYYY-MM-DD') AS "eventDate"
     FROM normalized_participants p
     LEFT JOIN normalized_events e ON e.timing_partner_id = p.timing_partner_id AND e.id = p.normalized_event_id
     WHERE p.timing_partner_id = $1 AND trackside.person_block(p.first_name) = ANY ($2)`,
    [partner, blocks],
  )
  return rows
}
