import type { ProviderField } from '../../core/mapping.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Account, Page, Provider, ProviderContext } from '../provider.ts'
import { plainResultsFile } from '../results-file.ts'
import { fetchRace, fetchRaces, RACES_A_PAGE } from './client.ts'
import { watch } from './expected.ts'
import { normalizeEvents, normalizeParticipant } from './normalize.ts'
import { numbersProblem, writeNumbers } from './numbers.ts'
import { publishResults, readBackResults, resultPlace, resultValues } from './publish.ts'
import { pullParticipants } from './pull.ts'

const fields: readonly ProviderField[] = [
  { name: 'bib_num', label: 'Bib', ours: 'bib_number' },
  { name: 'chip_num', label: 'Chip', ours: 'chips' },
  { name: 'user.first_name', label: 'First name', ours: 'first_name' },
  { name: 'user.middle_name', label: 'Middle name', ours: null },
  { name: 'user.last_name', label: 'Last name', ours: 'last_name' },
  { name: 'user.email', label: 'E-mail', ours: 'email' },
  { name: 'user.phone', label: 'Phone', ours: 'phone' },
  { name: 'user.dob', label: 'Date of birth', ours: 'date_of_birth', format: 'date' },
  { name: 'user.gender', label: 'Gender', ours: 'gender' },
  { name: 'age', label: 'Age', ours: 'age', format: 'number' },
  { name: 'user.address.street', label: 'Street', ours: null },
  { name: 'user.address.city', label: 'City', ours: 'city' },
  { name: 'user.address.state', label: 'State', ours: 'state' },
  { name: 'user.address.zipcode', label: 'Postal code', ours: null },
  { name: 'user.address.country_code', label: 'Country', ours: 'country' },
  { name: 'team_name', label: 'Team', ours: 'team_name' },
  { name: 'team_type', label: 'Team type', ours: null },
  { name: 'team_bib_num', label: 'Team bib', ours: null, format: 'number' },
  { name: 'corral_name', label: 'Corral', ours: 'wave' },
  { name: 'giveaway', label: 'Giveaway', ours: null },
  { name: 'registration_date', label: 'Registered on', ours: 'registration_date', format: 'date' },
  { name: 'registration_id', label: 'Registration id', ours: null },
  { name: 'amount_paid', label: 'Amount paid', ours: null },
  { name: 'imported', label: 'Imported (T/F)', ours: null },
  { name: 'removed_reason', label: 'Why removed', ours: 'registration_status' },
]

export const runsignup: Provider = {
  id: 'runsignup',
  name: 'RunSignUp',
  roles: ['registration'],
  settings: [
    {
      name: 'api_key',
      label: 'API key',
      secret: true,
      required: true,
      help: 'Race dashboard, search "API", Info Sharing, API Keys. A timer account has one for all its races.',
    },
    { name: 'api_secret', label: 'API secret', secret: true, required: true, help: 'Beside the API key.' },
    {
      name: 'race_id',
      label: 'Race id',
      secret: false,
      required: false,
      help: 'To work with one race only. Without it: every race the keys open.',
      placeholder: '12345',
    },
    {
      name: 'result_set',
      label: 'Result set',
      secret: false,
      required: false,
      help: 'Name or id of the set that takes published results. Only needed where an event has several; without any, one named "Results" is made.',
    },
    {
      name: 'rsu_api_reg',
      label: 'API caller registration',
      secret: true,
      required: false,
      help: 'Said to become required on 2027-01-01. This was seen in two other clients; we know no page of RunSignUp about it.',
    },
    {
      name: 'rsu_api_reg_secret',
      label: 'API caller registration secret',
      secret: true,
      required: false,
      help: 'Beside the caller registration, if you have one.',
    },
    {
      name: 'base_url',
      label: 'Address',
      secret: false,
      required: false,
      help: 'Only for the test host, https://test.runsignup.com/Rest.',
      placeholder: 'https://runsignup.com/Rest',
    },
  ],
  /** The existing platform's figure. RunSignUp publishes none; it says error 14 when it is too much. */
  limit: { calls: 1000, perMs: 3_600_000 },
  fields,
  evidence: {
    check: 'documented',
    events: 'documented',
    participants: 'documented',
    publish: 'documented',
    'results-file': 'inferred',
    'write-back': 'inferred',
  },
  testHost: {
    settings: { base_url: 'https://test.runsignup.com/Rest' },
    writes: true,
    help: 'It has accounts and keys of its own: the live ones are not known there.',
  },
  watch,
  check,
  events,
  participants: { pull: pullParticipants, normalize: normalizeParticipant },
  // As many as its sample sends of results.
  writeBack: { batch: 25, pauseMs: 1000, problem: numbersProblem, write: writeNumbers },
  publication: {
    notifiesRunners: true,
    sending: {
      // RunSignUp's own sample sends so many and rests so long.
      batch: 25,
      pauseMs: 1000,
      place: resultPlace,
      values: resultValues,
      publish: publishResults,
      readBack: readBackResults,
    },
    file: batch => plainResultsFile('runsignup', batch),
  },
}

/** RunSignUp does not say whose a key is; what it opens tells. */
async function check(context: ProviderContext): Promise<Account> {
  const raceId = context.settings.race_id?.trim()
  const races = raceId ? [await fetchRace(context, raceId)] : await fetchRaces(context, 1, 1)
  const [race] = races.map(({ wire }) => wire)
  if (race === undefined) return { name: 'RunSignUp', details: ['The keys are accepted, but open no race.'] }
  const name = race.name ?? `Race ${race.race_id}`
  return raceId
    ? { name, details: [`Race ${raceId} with ${race.events.length} events`] }
    : { name: 'RunSignUp', details: [`The keys open races, such as ${name} (${race.race_id}).`] }
}

/** Pages go on until one brings no new race: the server may cap them below what we ask for. */
async function* events(context: ProviderContext): AsyncGenerator<Page<SourceEvent>> {
  const raceId = context.settings.race_id?.trim()
  if (raceId) {
    const { wire, raw } = await fetchRace(context, raceId)
    yield { items: normalizeEvents(wire, raw), cursor: { page: 1 }, complete: true }
    return
  }
  const seen = new Set<string | null>()
  for (let page = 1; ; page++) {
    const races = await fetchRaces(context, page, RACES_A_PAGE)
    const fresh = races.filter(({ wire }) => !seen.has(wire.race_id))
    for (const { wire } of fresh) seen.add(wire.race_id)
    const items = fresh.flatMap(({ wire, raw }) => normalizeEvents(wire, raw))
    // Nobody's default page is below 50, so fewer are the last.
    const complete = fresh.length === 0 || races.length < 50
    yield { items, cursor: { page }, complete }
    if (complete) return
  }
}
