import type { KnownPerson, KnownRegistration, OfficeWork, PersonWord } from '../../api/identity.ts'
import { counted } from './numbers.ts'
import { ago } from './time.ts'

const EVIDENCE: Readonly<Record<string, string>> = {
  crew: 'joined by hand',
  'email-name-birth': 'same e-mail, name and birth date',
  'name-birth-phone': 'same name, birth date and phone',
  'name-birth-place': 'same name, birth date and place',
  'email-name': 'same e-mail and name',
}

export const evidenceInWords = ({ evidence }: KnownRegistration): string =>
  evidence === null ? 'no other registration of theirs' : (EVIDENCE[evidence] ?? evidence)

/** "2 registrations, 99 % sure". */
export const personInWords = ({ registrations, confidence }: KnownPerson): string =>
  [
    counted(registrations.length, 'registration'),
    ...(registrations.length > 1 ? [`${Math.round(confidence * 100)} % sure`] : []),
  ].join(', ')

/** "Joined: Ana Ruiz, 5K; Anna Ruiz, 10K". */
export const wordInWords = ({ kind, names }: PersonWord): string =>
  `${kind === 'same' ? 'Joined' : 'Split off'}: ${names.join('; ')}`

/** What a joining or splitting has just done, and what to do next where there are more. */
export function doneInWords(kind: PersonWord['kind'], of: readonly KnownRegistration[]): string {
  const said = wordInWords({
    ...{ id: '', kind, reason: '', decidedAt: 0, withdrawnAt: null },
    names: of.map(({ name, eventName }) => `${name}, ${eventName}`),
  })
  return kind === 'same'
    ? `${said}. One person from now on, until it is undone below.`
    : `${said}. A person of its own from now on, until it is undone below. If more registrations are that person’s, split each off, then join them.`
}

/** How far the computing is, of the Trackside that does it. */
export function workInWords(work: OfficeWork, now: number): string {
  if (!work.keeps)
    return 'The Trackside that the office runs as a service computes who is one person over events.'
  const counts = `${counted(work.registrations, 'registration')} compared, ${counted(work.people, 'person', 'people')}`
  switch (work.state) {
    case 'working':
      return `Comparing: ${counts} so far.`
    case 'waits':
    case 'elsewhere':
    case 'failed':
      return work.message ?? work.state
    case 'resting':
      return (
        work.message ??
        (work.lastDoneAt === null
          ? 'Nobody is to be compared.'
          : `Last ${ago(work.lastDoneAt, now)}: ${counts}.`)
      )
  }
}
