import type { ProviderField } from '../../core/mapping.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Transform } from '../../core/transforms.ts'
import type {
  Account,
  EventToScore,
  Page,
  Provider,
  ProviderContext,
  TargetEntry,
  TargetRace,
} from '../provider.ts'
import { fetchEntries, fetchEvent, fetchEvents, fetchRaces } from './client.ts'
import { watch } from './expected.ts'
import { chooseEvent, chooseRace, entriesFile, normalizeEntry, normalizeRace } from './normalize.ts'
import { pushEntries } from './push.ts'
import { normalizeResult, pullResults } from './results.ts'

/** Letters for the words a walk-up's form or another provider may say; what else there is goes as it is. */
const SEX: Transform = {
  kind: 'codes',
  table: [
    { from: 'Male', to: 'M' },
    { from: 'Female', to: 'F' },
    { from: 'Non-binary', to: 'X' },
  ],
  otherwise: 'keep',
}

const fields: readonly ProviderField[] = [
  { name: 'entry_bib', label: 'Bib', ours: 'bib_number' },
  { name: 'athlete_first_name', label: 'First name', ours: 'first_name' },
  { name: 'athlete_last_name', label: 'Last name', ours: 'last_name', required: true },
  { name: 'athlete_sex', label: 'Sex (M, F, X)', ours: 'gender', transforms: [SEX] },
  { name: 'athlete_birthdate', label: 'Date of birth', ours: 'date_of_birth', format: 'date' },
  { name: 'entry_race_age', label: 'Age on race day', ours: null, format: 'number' },
  { name: 'athlete_email', label: 'E-mail', ours: 'email' },
  { name: 'athlete_mobile_phone', label: 'Mobile phone', ours: 'phone' },
  { name: 'athlete_home_phone', label: 'Home phone', ours: null },
  { name: 'location_city', label: 'City', ours: 'city' },
  { name: 'location_region', label: 'State or region', ours: 'state' },
  { name: 'location_country', label: 'Country', ours: 'country' },
  { name: 'team_name', label: 'Team', ours: 'team_name' },
  { name: 'wave_name', label: 'Wave', ours: 'wave' },
  { name: 'bracket_name', label: 'Bracket', ours: null },
  { name: 'reg_choice_name', label: 'Registration choice', ours: null },
  { name: 'entry_status', label: 'Entry status', ours: null },
]

export const ctlive: Provider = {
  id: 'ctlive',
  name: 'CTLive',
  roles: ['scoring'],
  settings: [
    {
      name: 'client_id',
      label: 'Client id',
      secret: false,
      required: true,
      help: 'ChronoTrack gives one to every program that uses its API.',
    },
    {
      name: 'user_id',
      label: 'Login',
      secret: false,
      required: true,
      help: 'The e-mail you log in to CTLive with.',
    },
    { name: 'password', label: 'Password', secret: true, required: true },
    {
      name: 'event_id',
      label: 'CTLive event',
      secret: false,
      required: false,
      help: 'Id of the event that takes the entries. Without it: the one event with the same name and date.',
      placeholder: '12345',
    },
    {
      name: 'base_url',
      label: 'Address',
      secret: false,
      required: false,
      help: 'Only for the test host, https://qa-api.chronotrack.com/api: a copy of the real data, made anew every night.',
      placeholder: 'https://api.chronotrack.com/api',
    },
  ],
  /** The existing platform's figure, not the vendor's, who publishes none. */
  limit: { calls: 1000, perMs: 3_600_000 },
  fields,
  evidence: {
    check: 'observed',
    events: 'observed',
    'ensure-event': 'observed',
    'read-back': 'observed',
    push: 'inferred',
    file: 'inferred',
    results: 'observed',
  },
  cannot: {
    publish:
      'It documents an import of results (GRU, CSV by its header’s words), but neither where it is sent nor all of its words were seen. Results come from CTLive; none are sent to it.',
    'create-event':
      'No client shows how it makes one, and an event’s courses, intervals and brackets are its scorer’s. Make it in CTLive; Trackside finds it by name and date.',
  },
  testHost: {
    settings: { base_url: 'https://qa-api.chronotrack.com/api' },
    writes: true,
    help: 'It is made anew every night from the real one: what is written there is gone the next day.',
  },
  watch,
  check,
  events,
  entries: {
    ensureEvent,
    push: pushEntries,
    readBack,
    file: batch => entriesFile(batch, FIELD_NAMES),
  },
  results: { pull: pullResults, normalize: normalizeResult },
}

const FIELD_NAMES = fields.map(field => field.name)

const eventIdOf = (context: ProviderContext): string | null => context.settings.event_id?.trim() || null

async function check(context: ProviderContext): Promise<Account> {
  const login = { ...context.settings, ...context.credentials }.user_id ?? 'CTLive'
  const eventId = eventIdOf(context)
  if (eventId !== null) {
    const event = await fetchEvent(context, eventId)
    return { name: login, details: [`Entries go to ${event.event_name ?? 'event'} (${eventId})`] }
  }
  const events = await fetchEvents(context)
  return {
    name: login,
    details: [`This login sees ${events.length} ${events.length === 1 ? 'event' : 'events'}`],
  }
}

/** One page a CTLive event, for its races cost a call each. */
async function* events(context: ProviderContext): AsyncGenerator<Page<SourceEvent>> {
  const eventId = eventIdOf(context)
  const found = eventId === null ? await fetchEvents(context) : [await fetchEvent(context, eventId)]
  for (const event of found) {
    const races = await fetchRaces(context, event.event_id)
    const items = races.map(race => normalizeRace(event, race))
    yield { items, cursor: { event: event.event_id }, complete: false }
  }
  yield { items: [], cursor: {}, complete: true }
}

/** Never makes anything: an event and its races are made in CTLive, by somebody who knows its courses. */
async function ensureEvent(context: ProviderContext, wanted: EventToScore): Promise<TargetRace> {
  const eventId = eventIdOf(context) ?? chooseEvent(await fetchEvents(context), wanted).event_id
  const race = chooseRace(await fetchRaces(context, eventId), eventId, wanted)
  return {
    targetEventId: eventId,
    targetRaceId: race.race_id,
    name: race.race_name ?? wanted.eventName,
  }
}

async function* readBack(context: ProviderContext, target: TargetRace): AsyncGenerator<Page<TargetEntry>> {
  for await (const { rows, page, last } of fetchEntries(context, target.targetRaceId))
    yield { items: rows.map(normalizeEntry), cursor: { page }, complete: last }
}
