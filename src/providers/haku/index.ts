import { AppError } from '../../core/errors.ts'
import type { ProviderField } from '../../core/mapping.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Account, Page, Provider, ProviderContext } from '../provider.ts'
import { namedCategories } from './categories.ts'
import { eventPage, eventPages, registrationPage } from './client.ts'
import { watch } from './expected.ts'
import { normalizeEvents, normalizeParticipant } from './normalize.ts'
import { pullParticipants } from './pull.ts'

const fields: readonly ProviderField[] = [
  { name: 'event_category.tag_number', label: 'Bib', ours: 'bib_number' },
  { name: 'event_category.chip_number', label: 'Chip', ours: 'chips' },
  { name: 'event_category.name', label: 'Category', ours: 'division' },
  { name: 'event_category.master_name', label: 'Category, main name', ours: null },
  { name: 'event_category.wave_name', label: 'Wave', ours: 'wave' },
  { name: 'event_category.corral_name', label: 'Corral', ours: null },
  { name: 'event_category.participation_option', label: 'Participation option', ours: null },
  { name: 'participant.first_name', label: 'First name', ours: 'first_name' },
  { name: 'participant.last_name', label: 'Last name', ours: 'last_name' },
  { name: 'participant.email', label: 'E-mail', ours: 'email' },
  { name: 'participant.phone', label: 'Phone', ours: 'phone' },
  { name: 'participant.dob', label: 'Date of birth', ours: 'date_of_birth', format: 'date' },
  { name: 'participant.gender', label: 'Gender', ours: 'gender' },
  { name: 'participant.address.city', label: 'City', ours: 'city' },
  { name: 'participant.address.state', label: 'State', ours: 'state' },
  { name: 'participant.address.country', label: 'Country', ours: 'country' },
  { name: 'emergency_contact_name', label: 'Emergency contact', ours: 'emergency_contact' },
  { name: 'emergency_contact_phone_number', label: 'Emergency phone', ours: null },
  { name: 'team', label: 'Team', ours: 'team_name' },
  { name: 'created_at', label: 'Registered on', ours: 'registration_date', format: 'date' },
  { name: 'is_cancelled', label: 'Cancelled', ours: 'registration_status' },
  { name: 'registration_number', label: 'Registration number', ours: null },
  { name: 'shirt_size_name', label: 'Shirt', ours: null },
]

export const haku: Provider = {
  id: 'haku',
  name: 'Haku',
  roles: ['registration'],
  settings: [
    {
      name: 'client_id',
      label: 'Client id',
      secret: false,
      required: true,
      help: 'Haku gives client id and client secret to an organization.',
    },
    { name: 'client_secret', label: 'Client secret', secret: true, required: true },
    {
      name: 'organization_name',
      label: 'Organization',
      secret: false,
      required: false,
      help: 'Whose keys these are, for you to tell them apart.',
    },
    {
      name: 'event_id',
      label: 'Event id',
      secret: false,
      required: false,
      help: 'To work with one event only. Without it: every event of the organization.',
      placeholder: '12345',
    },
    {
      name: 'event_categories',
      label: 'Event categories',
      secret: false,
      required: false,
      help: 'Only with an event id: the names of its categories as Haku writes them, with commas. Each is then an event here, with a race of its own in scoring. Without them all of the Haku event is one event, and whoever is in several categories has the bib of one.',
      placeholder: '5K, Half Marathon',
    },
    {
      name: 'base_url',
      label: 'Address',
      secret: false,
      required: false,
      help: 'Only for another host than Haku’s own.',
      placeholder: 'https://api.hakuapp.com',
    },
    {
      name: 'auth_url',
      label: 'Address for keys',
      secret: false,
      required: false,
      help: 'Where client id and client secret are changed for a token, if not at Haku’s own.',
      placeholder: 'https://prod-auth.hakuapp.com/oauth2/token',
    },
  ],
  /** The existing platform's figure. Haku's own limit is not known. */
  limit: { calls: 500, perMs: 3_600_000 },
  fields,
  // Others brought everybody by these calls; that the list's order tells who changed since is our conclusion.
  cannot: {
    publish: 'No way to send it results was found. Download the file and hand it on.',
    'write-back': 'No way to write bibs was found: every client that is known only reads.',
  },
  evidence: { check: 'observed', events: 'observed', participants: 'inferred' },
  watch,
  check,
  events,
  participants: { pull: pullParticipants, normalize: normalizeParticipant },
}

const eventIdOf = (context: ProviderContext): string | null => context.settings.event_id?.trim() || null

/** Categories are names within one event. */
function categoriesOf(context: ProviderContext): readonly string[] {
  const categories = namedCategories(context)
  if (categories.length > 0 && eventIdOf(context) === null)
    throw new AppError('input.invalid', 'Event categories are those of one event: enter its event id as well')
  return categories
}

async function check(context: ProviderContext): Promise<Account> {
  const categories = categoriesOf(context)
  const name = context.settings.organization_name?.trim() || 'Haku'
  const eventId = eventIdOf(context)
  if (eventId !== null) {
    const { rows } = await registrationPage(context, eventId, 1)
    const there = rows.length === 0 ? 'nobody is registered yet' : 'its registrations are open to these keys'
    const split = categories.length === 0 ? [] : [`Categories: ${categories.join(', ')}`]
    return { name, details: [`Event ${eventId}: ${there}`, ...split] }
  }
  const found = await eventPage(context, 1)
  if (found.length === 0) return { name, details: ['These keys see no event'] }
  const newest = found[0]?.wire.name ?? found[0]?.wire.id
  return { name, details: [`The latest event these keys see is ${newest}`] }
}

/** All of them each time: Haku has no way to ask for one, or for what changed. */
async function* events(context: ProviderContext): AsyncGenerator<Page<SourceEvent>> {
  const categories = categoriesOf(context)
  const eventId = eventIdOf(context)
  for await (const rows of eventPages(context)) {
    const wanted = eventId === null ? rows : rows.filter(({ wire }) => wire.id === eventId)
    const items = wanted.flatMap(({ wire, raw }) => normalizeEvents(wire, raw, categories))
    yield { items, cursor: null, complete: rows.length === 0 }
  }
}
