import type { ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'

/** A registration as it is shown beside the others of its person. */
export interface KnownRegistration {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly phone: string | null
  readonly dateOfBirth: string | null
  readonly city: string | null
  readonly eventName: string
  readonly eventDate: string | null
  readonly provider: string
  /** What ties it to the others; null: it is alone. */
  readonly evidence: string | null
}

export interface KnownPerson {
  readonly id: string
  readonly name: string
  /** 0 to 1, of the weakest tie. */
  readonly confidence: number
  readonly registrations: readonly KnownRegistration[]
}

/** A person's word on who is who. */
export interface PersonWord {
  readonly id: string
  readonly kind: 'same' | 'apart'
  /** Of the registrations it is about. */
  readonly names: readonly string[]
  readonly reason: string
  /** Ms. */
  readonly decidedAt: number
  readonly withdrawnAt: number | null
}

const NAME = (alias: string): string =>
  `btrim(coalesce(${alias}.first_name, '') || ' ' || coalesce(${alias}.last_name, ''))`

/** The longest say most about whom is meant. */
const MOST_WORDS = 5

/**
 * Of a word each: whoever has all of them. What row security does not trust (LIKE, lower) would be asked of each row of
 * the partner's; ^@ it trusts, so the words' own index is used.
 * @param words how many
 */
const candidates = (words: number): string => {
  const others = Array.from(
    { length: words - 1 },
    (_, n) => `
    JOIN trackside.person_words w${n + 2} ON w${n + 2}.timing_partner_id = $1
      AND w${n + 2}.global_participant_id = w1.global_participant_id AND w${n + 2}.word ^@ $${n + 4}`,
  )
  return `SELECT DISTINCT w1.global_participant_id AS id FROM trackside.person_words w1${others.join('')}
    WHERE w1.timing_partner_id = $1 AND w1.word ^@ $3 LIMIT $2`
}

const find = (words: number): string => `
  SELECT g.global_participant_id AS id, g.confidence_score AS confidence,
    btrim(coalesce(g.primary_first_name, '') || ' ' || coalesce(g.primary_last_name, '')) AS name,
    (SELECT json_agg(json_build_object('id', p.id, 'name', ${NAME('p')}, 'email', p.email, 'phone', p.phone,
        'dateOfBirth', to_char(p.date_of_birth, 'YYYY-MM-DD'), 'city', p.city, 'eventName', coalesce(e.event_name, ''),
        'eventDate', to_char(e.event_date, 'YYYY-MM-DD'), 'provider', p.source_provider, 'evidence', linked.evidence)
        ORDER BY e.event_date DESC NULLS LAST, p.id)
     FROM jsonb_to_recordset(g.linked_participants) AS linked (id uuid, evidence text)
     JOIN normalized_participants p ON p.timing_partner_id = $1 AND p.id = linked.id
     LEFT JOIN normalized_events e ON e.timing_partner_id = $1 AND e.id = p.normalized_event_id) AS registrations
  FROM (${candidates(words)}) found
  JOIN global_participants g ON g.timing_partner_id = $1 AND g.global_participant_id = found.id
  ORDER BY g.primary_last_name, g.primary_first_name, g.global_participant_id`

/** People of a partner by the beginnings of names and addresses of any registration of theirs, as they were last computed. */
export async function findPeople(
  client: ClientBase,
  partner: number,
  q: string,
  limit: number,
): Promise<readonly KnownPerson[]> {
  const { rows: said } = await client.query<{ words: string[] }>('SELECT trackside.name_words($1) AS words', [
    q,
  ])
  const words = [...(said[0]?.words ?? [])].sort((a, b) => b.length - a.length).slice(0, MOST_WORDS)
  if (words.length === 0) return []
  const { rows } = await client.query<
    Omit<KnownPerson, 'registrations'> & { registrations: KnownRegistration[] | null }
  >(find(words.length), [partner, limit, ...words])
  return rows.map(({ registrations, ...person }) => ({ ...person, registrations: registrations ?? [] }))
}

const WORDS = `
  SELECT d.id, d.kind, d.reason, extract(epoch FROM d.decided_at)::float8 * 1000 AS "decidedAt",
    extract(epoch FROM d.withdrawn_at)::float8 * 1000 AS "withdrawnAt",
    ARRAY(SELECT ${NAME('p')} || ', ' || coalesce(e.event_name, '') FROM normalized_participants p
      LEFT JOIN normalized_events e ON e.timing_partner_id = $1 AND e.id = p.normalized_event_id
      WHERE p.timing_partner_id = $1 AND p.id IN (d.participant_id, d.other_id)
      ORDER BY p.id = d.participant_id DESC) AS names
  FROM trackside.person_decisions d WHERE d.timing_partner_id = $1 ORDER BY d.decided_at DESC, d.id LIMIT $2`

/** Newest first, those taken back among them. */
export async function personWords(
  client: ClientBase,
  partner: number,
  limit: number,
): Promise<readonly PersonWord[]> {
  const { rows } = await client.query<PersonWord>(WORDS, [partner, limit])
  return rows.map(row => ({
    ...row,
    decidedAt: Math.round(row.decidedAt),
    withdrawnAt: row.withdrawnAt === null ? null : Math.round(row.withdrawnAt),
  }))
}

/** @throws AppError not-found */
async function mustBeThere(client: ClientBase, partner: number, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM normalized_participants WHERE timing_partner_id = $1 AND id = ANY ($2::uuid[])',
    [partner, ids],
  )
  if (rows.length < new Set(ids).size)
    throw new AppError('not-found', 'This registration is not at the central database.')
}

/** Two registrations are one person's, whatever the evidence says. @returns the decision's id. @throws AppError not-found */
export async function joinPeople(
  client: ClientBase,
  partner: number,
  said: { readonly one: string; readonly other: string; readonly reason: string },
): Promise<string> {
  await mustBeThere(client, partner, [said.one, said.other])
  const { rows } = await client.query<{ id: string }>('SELECT trackside.join_people($1, $2, $3, $4) AS id', [
    ...[partner, said.one, said.other, said.reason],
  ])
  return rows[0]?.id ?? ''
}

/** A registration is of nobody else's. @returns the decision's id. @throws AppError not-found */
export async function splitPerson(
  client: ClientBase,
  partner: number,
  said: { readonly one: string; readonly reason: string },
): Promise<string> {
  await mustBeThere(client, partner, [said.one])
  const { rows } = await client.query<{ id: string }>('SELECT trackside.split_person($1, $2, $3) AS id', [
    ...[partner, said.one, said.reason],
  ])
  return rows[0]?.id ?? ''
}

/** @returns the registrations it was about. @throws AppError not-found */
export async function withdrawPersonWord(
  client: ClientBase,
  partner: number,
  id: string,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ one: string; other: string | null }>(
    `SELECT participant_id AS one, other_id AS other FROM trackside.person_decisions
     WHERE timing_partner_id = $1 AND id = $2 AND withdrawn_at IS NULL`,
    [partner, id],
  )
  const [word] = rows
  if (word === undefined) throw new AppError('not-found', 'That was taken back already.')
  await client.query('SELECT trackside.withdraw_person_decision($1, $2)', [partner, id])
  return word.other === null ? [word.one] : [word.one, word.other]
}
