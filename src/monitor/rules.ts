import type { AlertKind, AlertSeverity } from '../core/alerts.ts'

/** Something that is wrong now. */
export interface Trouble {
  readonly kind: AlertKind
  /** What it is about, the same as long as it lasts and when it comes again. */
  readonly subject: string
  readonly severity: AlertSeverity
  readonly message: string
  readonly todo: string
  readonly connectionId: string | null
}

/** What is known of this laptop; gathered elsewhere, judged here. */
export interface Facts {
  /** Ms UTC. */
  readonly now: number
  readonly connections: readonly {
    readonly id: string
    readonly name: string
    /** The last run that ended; null: none yet. */
    readonly last: {
      readonly status: string
      readonly code: string | null
      readonly message: string | null
    } | null
    /** Why the last comparison of its two sides failed; null: it did not. */
    readonly notCompared: string | null
    /** What the last comparison found and nobody repaired since: people missing in scoring, or otherwise there. */
    readonly apart: readonly {
      readonly eventName: string
      readonly missing: number
      readonly differing: number
      /** Within a day of the start. */
      readonly near: boolean
    }[]
    /** Events on schedule with the wait between two runs that they have now, and when they last went well. */
    readonly turns: readonly {
      readonly eventName: string
      readonly everyMs: number
      readonly lastGoodAt: number
    }[]
  }[]
  readonly budgets: readonly {
    readonly account: string
    readonly provider: string
    readonly left: number
    readonly of: number
    /** The provider asked for patience until then. */
    readonly heldUntil: number | null
  }[]
  readonly readers: readonly {
    readonly code: 'unknown-climbing' | 'clock-off' | 'gap' | 'numbers-restarted' | 'silent' | 'gone'
    readonly device: string
    readonly location: string | null
    /** What the code is about: a share of 0 to 1, or ms; null where there is nothing to say. */
    readonly amount: number | null
  }[]
  readonly freeBytes: number | null
  readonly backup: { readonly state: string; readonly message: string }
  readonly peers: readonly {
    readonly id: string
    readonly kind: 'central' | 'hub'
    readonly name: string
    readonly state: string
    readonly message: string | null
    readonly toSend: number
    readonly readsToSend: number
    readonly lastInStepAt: number | null
  }[]
}

const BUDGET_SHORT = 0.1
const DISK_SHORT = 2e9
const DISK_BAD = 0.25e9
/** A site without a network for an hour is worth a word. */
const OFFLINE_LONG_MS = 3_600_000
/** Twice its wait, and a little for the run itself. */
const STALE_WAITS = 2
const STALE_GRACE_MS = 60_000

const hours = (ms: number): string => `${Math.max(1, Math.round(ms / 3_600_000))} h`
const minutes = (ms: number): string => `${Math.max(1, Math.round(ms / 60_000))} min`

function ofRun({ id, name, last }: Facts['connections'][number]): readonly Trouble[] {
  if (last === null) return []
  const about = { subject: id, connectionId: id }
  const said = last.message ?? ''
  if (last.status === 'failed')
    return [
      {
        ...about,
        kind: 'failed',
        severity: 'bad',
        message: `${name}: the last run failed. ${said}`,
        todo:
          last.code === 'provider.keys-refused'
            ? 'Enter the keys again and test them.'
            : 'Look at its history; sync again when the cause is gone.',
      },
    ]
  if (last.status === 'needs-a-look')
    return [
      {
        ...about,
        kind: 'needs-a-look',
        severity: 'bad',
        message: `${name}: ${said}`,
        todo: 'Look at what would change, then go on or cancel.',
      },
    ]
  // Who froze it knows.
  if (last.status !== 'held' || last.code === 'sync.frozen') return []
  return [
    {
      ...about,
      kind: 'held',
      severity: 'warn',
      message: `${name}: ${said}`,
      todo: 'Allow the push in its settings, or use the import file.',
    },
  ]
}

function stale({ id, name, turns }: Facts['connections'][number], now: number): readonly Trouble[] {
  const late = turns
    .map(turn => ({ ...turn, agoMs: now - turn.lastGoodAt }))
    .filter(({ agoMs, everyMs }) => agoMs > STALE_WAITS * everyMs + STALE_GRACE_MS)
    .sort((one, other) => other.agoMs / other.everyMs - one.agoMs / one.everyMs)
  const [worst] = late
  if (worst === undefined) return []
  const others = late.length > 1 ? ` and ${late.length - 1} more` : ''
  return [
    {
      kind: 'stale',
      severity: 'warn',
      subject: id,
      connectionId: id,
      message: `${name}: ${worst.eventName}${others} without a good run for ${minutes(worst.agoMs)}; it is due every ${minutes(worst.everyMs)}.`,
      todo: 'Sync it now; look at the network and the keys.',
    },
  ]
}

function ofComparison({ id, name, apart, notCompared }: Facts['connections'][number]): readonly Trouble[] {
  const about = { subject: id, connectionId: id }
  const failed: readonly Trouble[] =
    notCompared === null
      ? []
      : [
          {
            ...about,
            kind: 'not-compared',
            severity: 'warn',
            message: `${name}: scoring could not be compared. ${notCompared}`,
            todo: 'Reconcile it again when the cause is gone.',
          },
        ]
  if (apart.length === 0) return failed
  const words = apart.map(({ eventName, missing, differing }) => {
    const parts = [
      missing > 0 ? `${missing} missing in scoring` : '',
      differing > 0 ? `${differing} otherwise there` : '',
    ]
    return `${eventName}: ${parts.filter(Boolean).join(', ')}`
  })
  return [
    ...failed,
    {
      ...about,
      kind: 'discrepancy',
      severity: apart.some(({ near }) => near) ? 'bad' : 'warn',
      message: `${name}: ${words.slice(0, 3).join('; ')}${words.length > 3 ? ` and ${words.length - 3} more events` : ''}.`,
      todo: 'Look at Reconciliation: repair them, or mend what keeps them from going.',
    },
  ]
}

const budgetShort = ({ account, provider, left, of, heldUntil }: Facts['budgets'][number], now: number) => {
  const patient = heldUntil !== null && heldUntil > now
  if (!patient && left >= of * BUDGET_SHORT) return []
  const words = patient
    ? `it asked for patience for ${minutes(heldUntil - now)}.`
    : `${left} of ${of} calls are left.`
  return [
    {
      kind: 'budget-short' as const,
      severity: 'warn' as const,
      subject: account,
      connectionId: null,
      message: `${provider}: ${words}`,
      todo: 'Nothing is lost, it goes on by itself. Pause connections that can wait.',
    },
  ]
}

function ofReader({ code, device, location, amount }: Facts['readers'][number]): Trouble {
  const who = location === null ? device : `${device} (${location})`
  const about = { subject: `${code} ${device} ${location ?? ''}`.trim(), connectionId: null }
  switch (code) {
    case 'unknown-climbing':
      return {
        ...about,
        kind: 'unknown-climbing',
        severity: 'bad',
        message: `${who}: ${Math.round((amount ?? 0) * 100)} % of the last reads are nobody's.`,
        todo: 'Check the chip file and the race day of the session.',
      }
    case 'clock-off': {
      const seconds = (Math.abs(amount ?? 0) / 1000).toFixed(1)
      return {
        ...about,
        kind: 'reader-clock-off',
        severity: 'bad',
        message: `${who}: its clock is ${seconds} s ${(amount ?? 0) > 0 ? 'behind' : 'ahead of'} the laptop's.`,
        todo: 'Set the clock of the reader, or correct its times under Clocks.',
      }
    }
    case 'gap':
      return {
        ...about,
        kind: 'reader-trouble',
        severity: 'bad',
        message: `${who}: ${amount ?? 'some'} reads are missing.`,
        todo: 'Ask it again, or import its file.',
      }
    case 'numbers-restarted':
      return {
        ...about,
        kind: 'reader-trouble',
        severity: 'warn',
        message: `${who}: its numbers began anew.`,
        todo: 'See whether the box was restarted; then wave it off.',
      }
    case 'silent':
    case 'gone':
      return {
        ...about,
        kind: 'reader-trouble',
        severity: 'bad',
        message: code === 'silent' ? `${who}: connected, but says nothing.` : `${who}: gone.`,
        todo: 'Look at its power and cable; key reads by hand until it is back.',
      }
  }
}

function ofDisk(freeBytes: number | null): readonly Trouble[] {
  if (freeBytes === null || freeBytes >= DISK_SHORT) return []
  return [
    {
      kind: 'disk-filling',
      severity: freeBytes < DISK_BAD ? 'bad' : 'warn',
      subject: 'disk',
      connectionId: null,
      message: `${(freeBytes / 1e9).toFixed(1)} GB free in the data folder.`,
      todo: 'Free some space: reads would soon find none.',
    },
  ]
}

function ofBackup({ state, message }: Facts['backup']): readonly Trouble[] {
  if (state !== 'failed' && state !== 'second-folder') return []
  return [
    {
      kind: 'backup-failed',
      severity: state === 'failed' ? 'bad' : 'warn',
      subject: 'backup',
      connectionId: null,
      message,
      todo:
        state === 'failed'
          ? 'Free space, or look at Backups.'
          : 'Plug the stick in, or choose another folder.',
    },
  ]
}

const KINDS = { central: 'The central database', hub: 'The hub' } as const

function ofPeer(peer: Facts['peers'][number], now: number): readonly Trouble[] {
  const about = { subject: peer.id, connectionId: null }
  const who = `${KINDS[peer.kind]} (${peer.name})`
  const waits = `${peer.toSend + peer.readsToSend} changes and reads wait here.`
  if (peer.state === 'blocked')
    return [
      {
        ...about,
        kind: 'replication-blocked',
        severity: 'bad',
        message: `${who} is blocked: ${peer.message ?? 'it does not say why.'} ${waits}`,
        todo: 'Open Central in the status bar; what waits stays here until it goes on.',
      },
    ]
  if (peer.state !== 'offline') return []
  const since = peer.lastInStepAt
  if (since !== null && now - since < OFFLINE_LONG_MS) return []
  return [
    {
      ...about,
      kind: 'replication-offline',
      severity: 'warn',
      message: `${who} was not reached ${since === null ? 'yet' : `for ${hours(now - since)}`}. ${waits}`,
      todo: 'Look at the network. Nothing is lost, it goes on by itself.',
    },
  ]
}

/** All that is wrong now. */
export const troublesOf = (facts: Facts): readonly Trouble[] => [
  ...facts.connections.flatMap(ofRun),
  ...facts.connections.flatMap(ofComparison),
  ...facts.connections.flatMap(connection => stale(connection, facts.now)),
  ...facts.budgets.flatMap(budget => budgetShort(budget, facts.now)),
  ...facts.readers.map(ofReader),
  ...ofDisk(facts.freeBytes),
  ...ofBackup(facts.backup),
  ...facts.peers.flatMap(peer => ofPeer(peer, facts.now)),
]
