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
import { fetchAthlete, fetchPreset, hasAthleteKey } from './client.ts'
import { watch } from './expected.ts'
import { eventPlaces, placeOf, raceIdOf, resultColumns } from './named.ts'
import { entriesFile, normalizeEvent, normalizeRow } from './normalize.ts'
import { pushEntries } from './push.ts'
import { normalizeResult, pullResults } from './results.ts'

const GENDERS = ['male', 'female', 'mixed'] as const

/** Copernico takes three words and no other. That "mixed" is what it has for non-binary is INFERRED. */
const GENDER: Transform = {
  kind: 'codes',
  table: [
    { from: 'M', to: 'male' },
    { from: 'F', to: 'female' },
    { from: 'X', to: 'mixed' },
    { from: 'Male', to: 'male' },
    { from: 'Man', to: 'male' },
    { from: 'Female', to: 'female' },
    { from: 'W', to: 'female' },
    { from: 'Woman', to: 'female' },
    { from: 'NB', to: 'mixed' },
    { from: 'Non-binary', to: 'mixed' },
    { from: 'Mixed', to: 'mixed' },
  ],
  otherwise: 'refuse',
}

/** From club on: any further field is taken; that they mean something by these names is INFERRED. */
const fields: readonly ProviderField[] = [
  { name: 'dorsal', label: 'Bib', ours: 'bib_number' },
  { name: 'name', label: 'First name', ours: 'first_name' },
  { name: 'surname', label: 'Surname', ours: 'last_name', required: true },
  {
    name: 'gender',
    label: 'Gender (male, female, mixed)',
    ours: 'gender',
    codes: GENDERS,
    transforms: [GENDER],
  },
  { name: 'birthdate', label: 'Date of birth', ours: 'date_of_birth', format: 'date' },
  { name: 'document', label: 'Identity document', ours: null },
  { name: 'club', label: 'Club', ours: 'team_name' },
  { name: 'email', label: 'E-mail', ours: 'email' },
  { name: 'phone', label: 'Phone', ours: 'phone' },
  { name: 'city', label: 'City', ours: 'city' },
  { name: 'country', label: 'Country', ours: 'country' },
  { name: 'nationality', label: 'Nationality', ours: null },
  { name: 'category', label: 'Category', ours: 'division' },
  { name: 'wave', label: 'Wave', ours: 'wave' },
]

export const copernico: Provider = {
  id: 'copernico',
  name: 'Copernico',
  roles: ['scoring'],
  settings: [
    {
      name: 'race_id',
      label: 'Race id',
      secret: false,
      required: true,
      help: 'The id that Sportmaniacs gives the race. Entries are sent to it.',
      placeholder: '3f6c2b1e-8a47-4c0d-9b5e-2d7a1c9e4f10',
    },
    {
      name: 'events',
      label: 'Events',
      secret: false,
      required: true,
      lines: true,
      help: 'Where each event goes, one a line: its name at registration = its event id, and then its name in Copernico where that is another.',
      placeholder:
        '5K = 0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c01\nHalf Marathon = 0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c02 Media Maratón',
    },
    {
      name: 'race_slug',
      label: 'Race in addresses',
      secret: false,
      required: true,
      help: 'As Copernico’s own address shows it.',
      placeholder: 'city-marathon-2026',
    },
    {
      name: 'preset_login',
      label: 'Login of the preset',
      secret: false,
      required: true,
      help: 'The e-mail of the Copernico account that the preset is saved in.',
      placeholder: 'crew@example.com',
    },
    {
      name: 'preset_name',
      label: 'Preset',
      secret: false,
      required: true,
      help: 'What was sent is read back by it. It needs the columns id and dorsal, and status for results; above 6 MB it fails.',
      placeholder: 'Trackside',
    },
    {
      name: 'result_columns',
      label: 'Result columns',
      secret: false,
      required: false,
      lines: true,
      help: 'Which columns of the preset hold results, one a line: gun, chip, place, gender place, division place, and each split by its name. Without it everybody who started is read by a call each, with the API key.',
      placeholder: 'gun = time\nchip = netTime\n5K = km5',
    },
    {
      name: 'api_key',
      label: 'API key',
      secret: true,
      required: false,
      help: 'Only for results without named columns. Timingsense gives it.',
    },
    {
      name: 'base_url',
      label: 'Address',
      secret: false,
      required: false,
      help: 'Where presets and athletes are read, if not at Copernico’s own.',
      placeholder: 'https://public-api.copernico.cloud/api/races',
    },
    {
      name: 'push_url',
      label: 'Address for entries',
      secret: false,
      required: false,
      help: 'Where entries are sent, if not to Copernico’s own.',
      placeholder: 'https://api.copernico.cloud',
    },
  ],
  /** The existing platform's figure, a guess: the vendor publishes none. */
  limit: { calls: 2000, perMs: 3_600_000 },
  fields,
  evidence: {
    check: 'documented',
    events: 'documented',
    'ensure-event': 'documented',
    // How to send is documented; what it answers, that it corrects, and that it reaches the timing are not.
    push: 'inferred',
    'read-back': 'inferred',
    file: 'documented',
    results: 'observed',
  },
  // Whether entries reach the timing is a matter of how the race was made there.
  seenPer: ['race_id'],
  cannot: {
    'create-event':
      'No way to make a race there was found. Make it in Copernico, and write down the id of each of its events here.',
    publish:
      'No way is known to send results or times to Copernico: it computes them from the reads that TsConnector brings it.',
  },
  testHost: {
    settings: { base_url: 'https://demo-api.copernico.cloud/api/races' },
    writes: false,
    help: 'It is only for reading, of races that are made there.',
  },
  watch,
  check,
  events,
  entries: {
    ensureEvent,
    push: pushEntries,
    readBack,
    file: (batch, settings) => entriesFile(batch, eventPlaces(settings)),
  },
  results: { pull: pullResults, normalize: normalizeResult },
}

const FIELD_NAMES = fields.map(field => field.name)

/** Each event's preset is read, for a name that is a letter off shows nobody. */
async function check(context: ProviderContext): Promise<Account> {
  const raceId = raceIdOf(context.settings)
  const columns = resultColumns(context.settings)
  const details: string[] = []
  let someone: string | null = null
  for (const place of eventPlaces(context.settings)) {
    const rows = await fetchPreset(context, place.theirs)
    someone ??= rows[0]?.id ?? null
    details.push(
      `${place.theirs}: the preset shows ${rows.length} ${rows.length === 1 ? 'person' : 'people'}`,
    )
  }
  if (columns === null && hasAthleteKey(context) && someone !== null) {
    await fetchAthlete(context, someone)
    details.push('the API key opens athletes')
  }
  if (columns === null && !hasAthleteKey(context))
    details.push('results cannot be read: neither their columns nor an API key is given')
  return {
    name: context.settings.race_slug?.trim() || 'Copernico',
    details: [...details, `entries go to race ${raceId}, which only sending can try`],
  }
}

/** Those the crew named, each looked up by its preset: Copernico lists none. */
async function* events(context: ProviderContext): AsyncGenerator<Page<SourceEvent>> {
  const raceId = raceIdOf(context.settings)
  for (const place of eventPlaces(context.settings)) {
    const { length } = await fetchPreset(context, place.theirs)
    yield { items: [normalizeEvent(place, raceId, length)], cursor: null, complete: false }
  }
  yield { items: [], cursor: null, complete: true }
}

async function ensureEvent(context: ProviderContext, wanted: EventToScore): Promise<TargetRace> {
  const place = placeOf(context.settings, wanted)
  const targetEventId = raceIdOf(context.settings)
  await fetchPreset(context, place.theirs)
  return { targetEventId, targetRaceId: place.id, name: place.theirs }
}

async function* readBack(context: ProviderContext, target: TargetRace): AsyncGenerator<Page<TargetEntry>> {
  const rows = await fetchPreset(context, target.name)
  yield { items: rows.map(row => normalizeRow(row, FIELD_NAMES)), cursor: null, complete: true }
}
