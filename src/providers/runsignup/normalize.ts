import { AppError } from '../../core/errors.ts'
import {
  NO_VALUES,
  type RegistrationStatus,
  type SourceEvent,
  type SourceParticipant,
} from '../../core/model.ts'
import type { Json, JsonObject } from '../../core/runtime.ts'
import { isTimeZone, readWall } from '../../core/time.ts'
import { distanceKm } from '../distance.ts'
import { dayText, list, wallText } from '../loose.ts'
import { type EventWire, type RaceWire, type RowWire, readRow } from './wire.ts'

/** One registration as RunSignUp gave it, active or removed. */
export function normalizeParticipant(item: Json): SourceParticipant {
  const row = readRow(item)
  if (row === null) throw new AppError('participant.unreadable', 'A RunSignUp registration that is no object')
  if (row.registration_id === null) {
    const name = [row.user.first_name, row.user.last_name].filter(part => part !== null).join(' ')
    const whose = name === '' ? '' : ` of ${name}`
    throw new AppError('participant.unreadable', `A RunSignUp registration${whose} without registration_id`)
  }
  const status = statusOf(row)
  return {
    sourceParticipantId: row.registration_id,
    sourceVersion: versionOf(row),
    successorId: status === 'transferred' ? row.new_registration_id : null,
    values: {
      ...NO_VALUES,
      bib_number: row.bib_num,
      first_name: row.user.first_name,
      last_name: row.user.last_name,
      email: row.user.email,
      phone: row.user.phone,
      date_of_birth: birthDate(row.user.dob),
      gender: row.user.gender,
      age: row.age,
      city: row.user.city,
      state: row.user.state,
      country: row.user.country_code,
      emergency_contact: emergencyContact(row),
      team_name: row.team_name,
      wave: waveOf(row),
      registration_date: dayText(row.registration_date),
      chips: row.chip_num === null ? [] : [row.chip_num],
      registration_status: status,
    },
  }
}

/** cleared: undone in the first minutes. removed: refunded or taken out. Only removed participants have a reason. */
function statusOf(row: RowWire): RegistrationStatus {
  switch (row.removed_reason) {
    case null:
      return 'registered'
    case 'transferred':
      return 'transferred'
    case 'deferred':
      return 'deferred'
    default:
      return 'withdrawn'
  }
}

/** Participants carry unix seconds; removed ones carry them in last_modified_ts, beside an Eastern text. */
function versionOf(row: RowWire): number | null {
  if (row.last_modified_ts !== null) return row.last_modified_ts * 1000
  if (row.last_modified !== null && /^\d+$/.test(row.last_modified)) return Number(row.last_modified) * 1000
  const wall = wallText(row.last_modified)
  return wall === null ? null : readWall(wall, 'America/New_York').at
}

const birthDate = (dob: string | null): string | null =>
  dob !== null && /^\d{4}-\d\d-\d\d$/.test(dob) ? dayText(dob) : null

/** Answers to the questions RunSignUp calls ice_name and ice_phone, known here by what they ask. */
function emergencyContact(row: RowWire): string | null {
  const asks = (question: string): boolean =>
    /\bICE\b/.test(question) ||
    /in case of emergency|emergency\s*(contact|name|phone|number|tel)/i.test(question)
  const answers = row.question_responses
    .filter(
      ({ question_text, response }) => response !== null && question_text !== null && asks(question_text),
    )
    .map(({ response }) => response)
  return answers.length === 0 ? null : answers.join(', ')
}

function waveOf(row: RowWire): string | null {
  return row.corral_name ?? row.corrals.find(name => name !== null) ?? row.wave_name
}

/** The events of a race; their times are on the race's clock. `raw` is the race as received. */
export function normalizeEvents(race: RaceWire, raw: JsonObject): readonly SourceEvent[] {
  const timezone = race.timezone !== null && isTimeZone(race.timezone) ? race.timezone : null
  const { events: rawEvents = null, ...rawRace } = raw
  const received = list.parse(rawEvents)
  return race.events.flatMap((event, index) => {
    if (event.event_id === null) return []
    const start = wallText(event.start_time)
    return [
      {
        sourceEventId: event.event_id,
        sourceRaceId: race.race_id,
        raceName: race.name,
        eventName: event.name ?? `Event ${event.event_id}`,
        timezone,
        startAt: start === null || timezone === null ? null : readWall(start, timezone).at,
        startText: event.start_time,
        eventDate: start?.slice(0, 10) ?? dayText(race.next_date) ?? dayText(race.last_date),
        eventType: event.event_type,
        distanceKm: distanceKm(event.distance),
        city: race.address.city,
        state: race.address.state,
        country: race.address.country_code,
        maxParticipants: null,
        ...registrationDates(event),
        raw: { race: rawRace, event: received[index] ?? null },
      },
    ]
  })
}

function registrationDates(
  event: EventWire,
): Pick<SourceEvent, 'registrationOpenDate' | 'registrationCloseDate'> {
  const days = (texts: readonly (string | null)[]): readonly string[] =>
    texts
      .map(dayText)
      .filter(day => day !== null)
      .sort()
  const opens = days([
    event.registration_opens,
    ...event.registration_periods.map(one => one.registration_opens),
  ])
  const closes = days(event.registration_periods.map(one => one.registration_closes))
  return { registrationOpenDate: opens[0] ?? null, registrationCloseDate: closes.at(-1) ?? null }
}
