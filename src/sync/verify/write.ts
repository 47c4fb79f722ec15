import { differences } from '../../core/differences.ts'
import { type EffectiveParticipant, participantStatus } from '../../core/effective.ts'

import { mapEntry, NO_MAPPING, refusalsInWords } from '../../core/mapping.ts'
import { NO_VALUES } from '../../core/model.ts'
import { sameValue } from '../../core/same-value.ts'
import type { Deviation, PublishedResult, TargetEntry } from '../../providers/provider.ts'
import { idOf } from '../../store/ids.ts'
import type { Wait } from '../publish.ts'
import { type Seen, type Skipped, seen, skipped } from './finding.ts'
import type { Lookup } from './look.ts'

/** What is sent bears this name: whoever meets it there knows that it may be taken out. */
const FIRST_NAME = 'Delete'
const LAST_NAME = 'TRACKSIDE TEST'

/** Another look at what was sent, where it is not there at once. */
const LOOKS = 3
const BETWEEN_MS = 2000

export interface Writing extends Lookup {
  readonly wait: Wait
  /** The number the test entry, or the registration, is given. */
  readonly bib: string | null
  /** The registration whose bib is written. */
  readonly registration: string | null
}

const differing = (call: string, expected: string, came: string, what = 'what was sent'): Deviation => ({
  ...{ call, what, expected, came },
  times: 1,
})

/** One marked entry: sent, or corrected where an earlier check left it, and read back field by field. */
export async function pushOne({ account, found, bib, wait }: Writing): Promise<Seen | Skipped> {
  const { provider, context } = account
  const { entries } = provider
  const { race } = found
  if (!entries || race === null) return skipped('There is no race to send a test entry to.')
  const { values, refusals } = mapEntry(testPerson(bib), provider.fields, NO_MAPPING)
  if (refusals.length > 0)
    return skipped(
      `The test entry does not fit: ${refusalsInWords(refusals, name => name)}. Say the bib with --bib.`,
    )
  // The same one each time, so that a second check corrects it and adds nobody.
  const key = `verify:${idOf('verify', account.name, race.targetRaceId)}`
  const read = async (): Promise<{ readonly entry: TargetEntry | null; readonly given: Set<string> }> => {
    const given = new Set<string>()
    let entry: TargetEntry | null = null
    for await (const page of entries.readBack(context, race)) {
      for (const one of page.items) {
        for (const field of Object.keys(one.values ?? {})) given.add(field)
        if (one.key === key) entry = one
      }
    }
    return { entry, given }
  }
  const before = (await read()).entry
  const refused: string[] = []
  await entries.push(
    context,
    race,
    [{ key, entryId: before?.entryId ?? null, raceId: race.targetRaceId, values }],
    outcome => {
      if (!outcome.ok) refused.push(outcome.message)
    },
  )
  const [said] = refused
  if (said !== undefined)
    return seen('the test entry was refused', null, [differing('push', 'the test entry is taken', said)])
  let back = await read()
  for (let looks = 1; back.entry === null && looks < LOOKS; looks++) {
    await wait(BETWEEN_MS, context.signal)
    back = await read()
  }
  const there = `“${FIRST_NAME} ${LAST_NAME}” ${before === null ? 'was added to' : 'was corrected in'} ${race.name} and stays there: take it out in ${provider.name}`
  if (back.entry === null)
    return seen(`${there} if it is there`, null, [
      differing('read-back', 'the test entry, by our key', 'no entry with that key'),
    ])
  const fieldOf = new Map(provider.fields.map(field => [field.name, field]))
  const same = (field: string, sent: string, came: string): boolean =>
    sameValue(fieldOf.get(field), sent, came)
  const unlike = differences(values, back.entry.values ?? {}, back.given, same)
  const compared = Object.keys(values).filter(field => back.given.has(field)).length
  return seen(
    `${there}. ${compared} of ${Object.keys(values).length} fields came back and were compared`,
    compared === 0 ? null : 'a test entry came back as sent',
    unlike.map(one => differing('read-back', one.sent, one.back ?? 'nothing', one.field)),
  )
}

/** Without e-mail and telephone: nobody is written to. */
function testPerson(bib: string | null): EffectiveParticipant {
  return {
    ...NO_VALUES,
    bib_number: bib,
    first_name: FIRST_NAME,
    last_name: LAST_NAME,
    gender: 'F',
    date_of_birth: '1980-02-03',
    age: null,
    city: 'Testville',
    country: 'US',
    ...{ checked_in_at: null, race_status: 'none', note: null },
    participant_status: participantStatus('registered', 'none', null),
  }
}

/** A bib for one registration that was named, read back from the list of participants. */
export async function writeNumber(writing: Writing): Promise<Seen | Skipped> {
  const { account, found, registration, bib, wait } = writing
  const { provider, context } = account
  const { writeBack, participants } = provider
  if (!writeBack || !participants) return skipped('No way is known to write bibs to it.')
  if (registration === null || bib === null)
    return skipped(
      'A bib is only given to a registration that is named: --registration ID --bib N, of somebody who does not mind.',
    )
  const { event } = found
  if (event === null) return skipped('There is no event to write to.')
  const problem = writeBack.problem({ bib, chip: null })
  if (problem !== null) return skipped(`${problem}.`)
  const bibNow = async (): Promise<string | null | undefined> => {
    for await (const page of participants.pull(context, event, null))
      for (const item of page.items) {
        const person = participants.normalize(item)
        if (person.sourceParticipantId === registration) return person.values.bib_number
      }
    return undefined
  }
  const before = await bibNow()
  if (before === undefined) return skipped(`${event.eventName} has no registration ${registration}.`)
  const [outcome] = await writeBack.write(context, event, [
    { sourceParticipantId: registration, bib, chip: null },
  ])
  if (outcome?.ok !== true)
    return seen('the bib was refused', null, [
      differing('write-back', 'the bib is taken', outcome?.message ?? 'no answer to it'),
    ])
  let after = await bibNow()
  for (let looks = 1; after !== bib && looks < LOOKS; looks++) {
    await wait(BETWEEN_MS, context.signal)
    after = await bibNow()
  }
  const words = `registration ${registration} of ${event.eventName} had bib ${before ?? '–'} and was given ${bib}`
  if (after === bib) {
    // Writing what was there already shows that it is taken, not that it changes anything.
    return before === bib
      ? seen(`${words}: the same one, so nothing could be seen to change`, null)
      : seen(words, `a bib was written and came back`)
  }
  return seen(words, null, [differing('participants', `bib ${bib}`, `bib ${after ?? '–'}`, 'bib')])
}

/** One result of nobody who is registered: no runner is told. */
export async function publishOne({ account, found }: Writing): Promise<Seen | Skipped> {
  const { provider, context } = account
  const sending = provider.publication?.sending
  if (!sending) return skipped('No way is known to send it results.')
  const { event } = found
  if (event === null) return skipped('There is no event to send a test result to.')
  const place = await sending.place(context, event, true)
  if (place === null) return skipped(`${event.eventName} has no place for results.`)
  const name = `${FIRST_NAME} ${LAST_NAME}`
  const held = async (): Promise<PublishedResult | null> => {
    let mine: PublishedResult | null = null
    for await (const page of sending.readBack(context, event, place))
      for (const one of page.items) if (one.name === name && one.bib === null) mine = one
    return mine
  }
  const before = await held()
  const key = 'verify'
  const values = sending.values(
    {
      ...{ key, sourceParticipantId: null, bib: null, firstName: FIRST_NAME, lastName: LAST_NAME },
      ...{ overallPlace: null, gunTimeMs: 5_999_000, chipTimeMs: 5_994_500, splits: [], status: 'finished' },
    },
    place,
  )
  const [outcome] = await sending.publish(context, event, place, [
    { key, resultId: before?.resultId ?? null, values },
  ])
  if (outcome?.ok !== true)
    return seen('the test result was refused', null, [
      differing('publish', 'the test result is taken', outcome?.message ?? 'no answer to it'),
    ])
  const after = await held()
  const there = `a result of “${name}”, without bib or registration so that nobody is told, ${before === null ? 'was added to' : 'was corrected in'} ${event.eventName} and stays there: take it out in ${provider.name}`
  if (after === null)
    return seen(there, null, [differing('published', 'the test result, by its name', 'none of that name')])
  const given = new Set(Object.keys(after.values))
  const unlike = differences(values, after.values, given, (_, sent, came) => sent === came)
  return seen(
    there,
    'a test result came back as sent',
    unlike.map(one => differing('published', one.sent, one.back ?? 'nothing', one.field)),
  )
}
