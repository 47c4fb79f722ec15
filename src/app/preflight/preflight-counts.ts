import { EVENTS_OF_DAY } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'
import { giveWay } from '../counting/give-way.ts'
import type { PreflightFacts } from './preflight.ts'

// What the five-in-the-morning check counts of everybody.

export type PeopleCounted = Pick<
  PreflightFacts['people'],
  'byHand' | 'atProvider' | 'inScoring' | 'acceptedAt'
>
type ChipsCounted = PreflightFacts['chips']

const REGISTERED = `FROM effective_participants e WHERE e.registration_status = 'registered'
  AND e.normalized_event_id IN (${EVENTS_OF_DAY})`

/** Of the provider that brings the event. */
const FROM_PROVIDER = `FROM normalized_events v CROSS JOIN normalized_participants p
  ON p.normalized_event_id = v.id AND p.source_provider = v.source_provider WHERE v.id IN (${EVENTS_OF_DAY})`

const countOf = (read: Reader, sql: string, ...raceDayIds: readonly string[]): number =>
  read.get<{ found: number }>(sql, ...raceDayIds)?.found ?? 0

async function peopleCounts(read: Reader, raceDayId: string): Promise<PeopleCounted> {
  const accepted = read.get<{ people: number; at: number | null }>(
    `SELECT COUNT(DISTINCT r.participant_id) AS people, MAX(r.accepted_at) AS at FROM push_receipts r
     JOIN effective_participants e ON e.participant_id = r.participant_id AND e.registration_status = 'registered'
     WHERE r.accepted_hash <> '' AND e.normalized_event_id IN (${EVENTS_OF_DAY})`,
    raceDayId,
  )
  await giveWay()
  const byHand = countOf(
    read,
    `SELECT COUNT(*) AS found ${REGISTERED} AND e.participant_id IN (
       SELECT p.id FROM normalized_events v CROSS JOIN normalized_participants p
         INDEXED BY normalized_participants_key ON p.normalized_event_id = v.id
       WHERE p.source_provider <> v.source_provider AND v.id IN (${EVENTS_OF_DAY}))`,
    raceDayId,
    raceDayId,
  )
  await giveWay()
  const said = countOf(read, `SELECT COUNT(*) AS found ${FROM_PROVIDER}`, raceDayId)
  const left = countOf(
    read,
    `SELECT COUNT(*) AS found ${FROM_PROVIDER} AND p.registration_status <> 'registered'`,
    raceDayId,
  )
  await giveWay()
  return {
    ...{ byHand, atProvider: said - left },
    inScoring: accepted?.people ?? 0,
    acceptedAt: accepted?.at ?? null,
  }
}

const BIBS_AT_ONCE = 5000
const BEYOND_ALL = '\u{10FFFF}'

const WITHOUT_CHIP = `SELECT DISTINCT e.bib_number AS bib, e.bib_key AS key
  FROM effective_participants e INDEXED BY effective_participants_bib
  WHERE e.bib_key > ? AND e.bib_key <= ? AND e.registration_status = 'registered'
  AND +e.normalized_event_id IN (${EVENTS_OF_DAY})
  AND NOT EXISTS (SELECT 1 FROM bib_chips b WHERE b.race_day_id = ? AND b.bib_number = e.bib_key AND b.removed = 0)
  AND NOT EXISTS (SELECT 1 FROM participant_chips c WHERE c.participant_id = e.participant_id)`

/** Bibs of registered people that no chip is on; between pieces the event loop goes on. */
async function bibsWithoutChip(read: Reader, raceDayId: string): Promise<readonly string[]> {
  const without: { readonly bib: string; readonly key: string }[] = []
  for (let from = ''; from !== BEYOND_ALL; await giveWay()) {
    const last = read.get<{ key: string }>(
      `SELECT bib_key AS key FROM effective_participants WHERE bib_key > ? ORDER BY bib_key LIMIT 1 OFFSET ${BIBS_AT_ONCE}`,
      from,
    )
    const to = last?.key ?? BEYOND_ALL
    without.push(...read.all<(typeof without)[number]>(WITHOUT_CHIP, from, to, raceDayId, raceDayId))
    from = to
  }
  // The bibs of a piece come by their key: among those of one length that is their order.
  return without.sort((a, b) => a.key.length - b.key.length).map(({ bib }) => bib)
}

async function chipCounts(read: Reader, raceDayId: string): Promise<ChipsCounted> {
  const inFile = countOf(
    read,
    'SELECT COUNT(*) AS found FROM bib_chips WHERE race_day_id = ? AND removed = 0',
    raceDayId,
  )
  const without = await bibsWithoutChip(read, raceDayId)
  return { inFile, bibsWithout: without.length, examples: without.slice(0, 6) }
}

export const preflightCounts = async (read: Reader, raceDayId: string) => ({
  people: await peopleCounts(read, raceDayId),
  chips: await chipCounts(read, raceDayId),
})
