import { AppError } from '../../core/errors.ts'
import type { ProviderField } from '../../core/mapping.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import type { Account, Page, Provider, ProviderContext } from '../provider.ts'
import { fetchEvent, slicesOf } from './client.ts'
import { watch } from './expected.ts'
import { normalizeEvents, normalizeParticipant } from './normalize.ts'
import { pullParticipants } from './pull.ts'
import { START, walk } from './walk.ts'
import { eventKeyWire, eventWire } from './wire.ts'

/** Those seen in use. Race Roster surely has more (birth date, phone, team): their names are not known to us. */
const fields: readonly ProviderField[] = [
  { name: 'bibNumber', label: 'Bib', ours: 'bib_number' },
  { name: 'firstName', label: 'First name', ours: 'first_name' },
  { name: 'lastName', label: 'Last name', ours: 'last_name' },
  { name: 'profile.email', label: 'E-mail', ours: 'email' },
  { name: 'gender', label: 'Gender (1 M, 2 F, 9 X)', ours: 'gender', format: 'number' },
  { name: 'registrationDate', label: 'Registered on', ours: 'registration_date', format: 'date' },
  { name: 'isActive', label: 'Active', ours: 'registration_status' },
  { name: 'participantId', label: 'Participant id', ours: null },
  { name: 'subEventId', label: 'Sub-event id', ours: null },
]

export const raceRoster: Provider = {
  id: 'race-roster',
  name: 'Race Roster',
  roles: ['registration'],
  settings: [
    {
      name: 'client_id',
      label: 'Client id',
      secret: false,
      required: true,
      help: 'raceroster.com, Dashboard, Account, API settings.',
    },
    {
      name: 'client_secret',
      label: 'Client secret',
      secret: true,
      required: true,
      help: 'Beside the client id.',
    },
    {
      name: 'username',
      label: 'Login',
      secret: false,
      required: true,
      help: 'The e-mail you log in to Race Roster with. Client id and secret alone were not seen to be enough.',
    },
    { name: 'password', label: 'Password', secret: true, required: true },
    {
      name: 'event_id',
      label: 'Event id',
      secret: false,
      required: false,
      help: 'To work with one event only. Without it: every coming event the login sees; past ones are not listed.',
      placeholder: '12345',
    },
    {
      name: 'sub_event_field',
      label: 'Sub-event field',
      secret: false,
      required: false,
      help: 'Where a participant names the sub-event. We look for subEventId, subEvent and subEvents; nobody has confirmed these names.',
      placeholder: 'subEventId',
    },
    {
      name: 'base_url',
      label: 'Address',
      secret: false,
      required: false,
      help: 'Only for another host than Race Roster’s own.',
      placeholder: 'https://raceroster.com/api/v1',
    },
  ],
  /** The existing platform's figure. Race Roster documents none. */
  limit: { calls: 1000, perMs: 3_600_000 },
  fields,
  // Participants were fetched by others; how one names its sub-event was not seen.
  cannot: {
    publish:
      'Race Roster has a way to send results, but nobody has shown it to us. Download the file and import it there.',
    'write-back':
      'No way to write bibs by program was found. Its dashboard takes a file of participant id and bib.',
  },
  evidence: { check: 'observed', events: 'observed', participants: 'inferred' },
  watch,
  check,
  events,
  participants: { pull: pullParticipants, normalize: normalizeParticipant },
}

const eventIdOf = (context: ProviderContext): string | null => context.settings.event_id?.trim() || null

async function check(context: ProviderContext): Promise<Account> {
  const name = { ...context.settings, ...context.credentials }.username ?? 'Race Roster'
  const eventId = eventIdOf(context)
  if (eventId !== null) {
    const { wire } = await fetchEvent(context, eventId)
    return {
      name,
      details: [`${wire.name ?? 'Event'} (${eventId}) with ${wire.subEvents.length} sub-events`],
    }
  }
  const { rows, total } = await slicesOf(context, '/events')(0, 1)
  const count = total ?? rows.length
  if (count === 0) return { name, details: ['This login sees no coming event. For a past one, set its id.'] }
  return { name, details: [`This login sees ${count} coming ${count === 1 ? 'event' : 'events'}`] }
}

/** All of them each time: `lastModifiedDate` would save nothing where one call brings some hundred events. */
async function* events(context: ProviderContext): AsyncGenerator<Page<SourceEvent>> {
  const eventId = eventIdOf(context)
  if (eventId !== null) {
    const { wire, raw } = await fetchEvent(context, eventId)
    yield { items: normalizeEvents(wire, raw), cursor: null, complete: true }
    return
  }
  const idOf = (row: Json): string | null => eventKeyWire.safeParse(row).data?.eventId ?? null
  for await (const { rows, place } of walk({ slice: slicesOf(context, '/events'), idOf }, START)) {
    const items = rows.flatMap(row => {
      const read = eventWire.safeParse(row)
      if (!read.success) throw new AppError('provider.unreadable', 'Race Roster answered an event without id')
      return normalizeEvents(read.data, row)
    })
    yield { items, cursor: place, complete: place === null }
  }
}
