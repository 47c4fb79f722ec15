import { ORPCError } from '@orpc/client'

export interface Trouble {
  readonly code: string
  readonly message: string
  /** What a person can do about it; null where the message says all there is. */
  readonly todo: string | null
}

const TODO: Readonly<Record<string, string>> = {
  'input.invalid': 'Correct what it names and try again.',
  'auth.required': 'Sign in again with the address the server printed.',
  'auth.forbidden': 'Ask somebody with the manager role.',
  conflict: 'Somebody else changed it meanwhile. Look again, then repeat.',
  'network.unreachable': 'Nothing is lost. Try again when the network is back.',
  'network.timeout': 'Nothing is lost. Try again; a slow network may need several tries.',
  'provider.keys-refused': 'Enter the keys again and test them.',
  'provider.forbidden': 'The keys are known but may not do this. Ask the provider for the right.',
  'provider.throttled': 'The provider asks for patience. It goes on by itself.',
  'provider.unavailable': 'The provider has trouble of its own. Try again in a few minutes.',
  'provider.unconfirmed': 'Download the import file, or allow the push in the connection’s settings.',
  'entry.bib-taken': 'Give one of the two another bib, then retry.',
  'entry.no-race': 'Give the event its place in scoring, as it says, then sync again.',
  'mapping.refused': 'Correct it at the source, or change the field’s rule in Mapping.',
  'entry.differs': 'Look at the entry at the scoring provider, then allow the push again.',
  'sync.needs-a-look': 'Look at what would change, then go on or cancel.',
  'sync.frozen': 'Unfreeze pushing under Connections when it may go on.',
  'sync.first-use': 'Look at what came back, then allow the push again, or use the import file.',
  'sync.elsewhere': 'Do it on the laptop that runs it, or take it over.',
  'mapping.missing': 'Fill the field at the source or choose another in Mapping.',
  'store.unwritable': 'Free some space, or say another folder, then try again.',
  'store.busy': 'Close what else works in Trackside’s data folder, then try again.',
  'store.damaged': 'Restore the last backup.',
  'secrets.locked': 'Unlock the keys with the passphrase.',
  'port.taken': 'Close the other program that listens there, then start again.',
  'hub.failed': 'Nothing is lost. Any other laptop can be the hub meanwhile.',
  'central.unreachable': 'Nothing is lost. It goes on by itself when the network is back.',
  'central.refused': 'Ask whoever runs the central database for another connection code.',
  'central.certificate':
    'Ask whoever runs the central database for its certificate, or another connection code.',
  'central.full': 'Ask whoever runs the central database to make room. Nothing is lost.',
}

/** What to do, where the message does not end with it already. */
export const todoFor = (code: string, message = ''): string | null =>
  /\b(try|join) again\b|another connection code/i.test(message) ? null : (TODO[code] ?? null)

function codeOf(error: ORPCError<string, unknown>): string {
  const data = error.data
  if (typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string')
    return data.code
  return error.code
}

/** With a full stop, so that another sentence may follow. */
export const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text : `${text}.`)

/** Any error, as what is shown of it. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ORPCError) {
    const code = codeOf(error)
    return { code, message: error.message, todo: todoFor(code, error.message) }
  }
  if (error instanceof DOMException && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'Cancelled.', todo: null }
  }
  return {
    code: 'engine.silent',
    message: 'The engine did not answer.',
    todo: 'What was saved is safe. This window asks again by itself; if it lasts, start Trackside again.',
  }
}
