import type { Person } from './people.ts'
import type { Race, RaceEvent, Registration, Removal } from './registrations.ts'
import { createWallClock, type WallClock } from './wall-clock.ts'

/** RunSignUp's times are Eastern, save those of a race and its events, which are the race's own. */
export const eastern = createWallClock('America/New_York')

export interface Include {
  readonly questions: boolean
  readonly addons: boolean
  readonly corrals: boolean
  readonly supportsNb: boolean
}

const wallClocks = new Map<string, WallClock>()

function wallClockOf(zone: string): WallClock {
  const known = wallClocks.get(zone) ?? createWallClock(zone)
  wallClocks.set(zone, known)
  return known
}

const questions = [
  { id: 310_001, text: 'T-shirt size', type: 'R', standard: null, answer: (person: Answers) => person.shirt },
  {
    id: 310_002,
    text: 'Emergency contact',
    type: 'F',
    standard: 'ice_name',
    answer: (person: Answers) => person.emergencyContact,
  },
  {
    id: 310_003,
    text: 'Emergency phone',
    type: 'F',
    standard: 'ice_phone',
    answer: (person: Answers) => person.emergencyPhone,
  },
  { id: 310_004, text: 'Division', type: 'S', standard: null, answer: (person: Answers) => person.division },
] as const

type Answers = Omit<Person, 'bib'>

const flag = (value: boolean) => (value ? 'T' : 'F')
const money = (cents: number) => `$${(cents / 100).toFixed(2)}`

export function raceJson(race: Race, events: readonly RaceEvent[], withQuestions: boolean) {
  const wall = wallClockOf(race.timezone)
  const starts = events.map(event => event.startsAt).sort((a, b) => a - b)
  const first = starts[0]
  const last = starts.at(-1)
  return {
    race_id: race.raceId,
    name: race.name,
    last_date: null,
    last_end_date: null,
    next_date: first === undefined ? null : wall.date(first),
    next_end_date: last === undefined ? null : wall.date(last),
    is_draft_race: 'F',
    is_private_race: flag(race.isPrivate),
    is_registration_open: 'T',
    created: wall.slashed((race.lastModified - 200 * 86_400) * 1000),
    last_modified: wall.slashed(race.lastModified * 1000),
    description: `<p>${race.name}</p>`,
    url: `https://runsignup.example/Race/${race.state}/${race.city}/${race.raceId}`,
    external_race_url: null,
    external_results_url: null,
    address: {
      street: '1 Harbor Plaza',
      city: race.city,
      state: race.state,
      zipcode: race.zip,
      country_code: 'US',
    },
    timezone: race.timezone,
    logo_url: null,
    can_use_registration_api: 'T',
    real_time_notifications_enabled: 'F',
    ...(events.length > 0 && { events: events.map(event => eventJson(event, wall)) }),
    ...(withQuestions && {
      questions: questions.map(question => ({
        question_id: question.id,
        question_text: question.text,
        question_type_code: question.type,
        standard_question_type: question.standard,
      })),
    }),
  }
}

function eventJson(event: RaceEvent, wall: WallClock) {
  const opens = event.startsAt - 180 * 86_400_000
  return {
    event_id: event.eventId,
    race_event_days_id: event.raceId * 10 + 1,
    name: event.name,
    details: null,
    start_time: wall.slashed(event.startsAt),
    end_time: null,
    age_calc_base_date: wall.slashed(event.startsAt).split(' ')[0],
    registration_opens: wall.slashed(opens),
    event_type: 'running_race',
    distance: event.distance,
    volunteer: 'F',
    require_dob: 'T',
    require_phone: 'F',
    registration_periods: [
      {
        registration_opens: wall.slashed(opens),
        registration_closes: wall.slashed(event.startsAt - 3_600_000),
        race_fee: money(event.fee),
        processing_fee: money(275),
      },
    ],
    giveaway: 'T-shirt',
  }
}

export function participantJson(row: Registration, event: RaceEvent, include: Include) {
  const { person } = row
  const team = person.team === null ? null : teamNumber(person.team)
  return {
    user: userJson(row, include),
    registration_id: row.registrationId,
    event_id: row.eventId,
    rsu_transaction_id: 90_000_000 + row.registrationId,
    transaction_id: `tx${row.registrationId}`,
    bib_num: row.bib,
    chip_num: row.chip,
    age: ageOn(person.dob, event.startsAt),
    registration_date: eastern.slashed(row.registeredAt),
    team_id: team,
    team_name: person.team,
    team_type_id: team && 12,
    team_type: team && 'Friends',
    team_gender: team && 'Mixed',
    team_bib_num: null,
    last_modified: row.lastModified,
    imported: flag(row.imported),
    ...moneyJson(event),
    usatf_discount_amount_in_cents: '$0.00',
    usatf_discount_additional_field: null,
    giveaway: person.shirt,
    giveaway_option_id: 1,
    // [G] What include_corrals adds is nowhere shown; here a name, where there is one.
    ...(include.corrals && row.corral !== null && { corral_name: row.corral }),
    ...(include.questions && { question_responses: responsesJson(row) }),
    ...(include.addons && {
      participant_addons:
        row.registrationId % 5 === 0
          ? [{ addon_id: '88', addon_name: 'Shuttle seat', quantity: '1', amount: '$8.00' }]
          : [],
    }),
  }
}

/** Leavers: their dates are spelled differently from those of the participants. */
export function removedJson(removal: Removal, event: RaceEvent, include: Include) {
  const { registration } = removal
  return {
    user: userJson(registration, include),
    registration_id: registration.registrationId,
    age: ageOn(registration.person.dob, event.startsAt),
    registration_date: eastern.dashed(registration.registeredAt),
    last_modified: eastern.dashed(removal.lastModified * 1000),
    last_modified_ts: removal.lastModified,
    imported: flag(registration.imported),
    ...moneyJson(event),
    removed_reason: removal.reason,
    new_registration_id: removal.newRegistrationId,
  }
}

function userJson({ userId, person }: Registration, include: Include) {
  return {
    user_id: userId,
    first_name: person.firstName,
    middle_name: person.middleName,
    last_name: person.lastName,
    email: person.email,
    address: {
      street: person.street,
      city: person.city,
      state: person.state,
      zipcode: person.zip,
      country_code: person.country,
    },
    dob: person.dob,
    // [G] What stands here for X without supports_nb=T is nowhere said; null is the least it can say.
    gender: person.gender === 'X' && !include.supportsNb ? null : person.gender,
    phone: person.phone,
    profile_image_url: null,
  }
}

function moneyJson(event: RaceEvent) {
  return {
    race_fee: money(event.fee),
    offline_payment_amount: '$0.00',
    processing_fee: '$2.75',
    processing_fee_paid_by_user: '$2.75',
    processing_fee_paid_by_race: '$0.00',
    partner_fee: '$0.00',
    affiliate_profit: '$0.00',
    extra_fees: '$0.00',
    amount_paid: money(event.fee + 275),
  }
}

/** question_id has been seen as a string and as a number: here both, by the row. */
function responsesJson({ registrationId, person }: Registration) {
  return questions.map(({ id, text, answer }) => ({
    question_id: registrationId % 2 === 0 ? id : String(id),
    question_text: text,
    response: answer(person),
  }))
}

function ageOn(dob: string | null, at: number): number | null {
  if (dob === null) return null
  const [year = 0, month = 0, day = 0] = dob.split('-').map(Number)
  const [raceMonth = 0, raceDay = 0, raceYear = 0] = eastern.date(at).split('/').map(Number)
  const hadBirthday = raceMonth > month || (raceMonth === month && raceDay >= day)
  return raceYear - year - (hadBirthday ? 0 : 1)
}

function teamNumber(name: string): number {
  return 4000 + [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
}
