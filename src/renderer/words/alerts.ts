import type { Alert } from '../../api/alerts.ts'
import type { Said } from './said.ts'
import { inFuture } from './time.ts'

const KINDS: Readonly<Record<Alert['kind'], string>> = {
  failed: 'Run failed',
  stale: 'Stale',
  held: 'Held',
  'needs-a-look': 'Needs a look',
  discrepancy: 'Scoring differs',
  'not-compared': 'Not compared',
  'budget-short': 'Calls short',
  'unknown-climbing': 'Unknown reads climbing',
  'reader-clock-off': 'Reader clock off',
  'reader-trouble': 'Reader',
  'disk-filling': 'Disk filling',
  'backup-failed': 'Backup',
  'replication-blocked': 'Replication blocked',
  'replication-offline': 'Replication offline',
}

export const kindInWords = (kind: Alert['kind']): string => KINDS[kind]

/** Whether somebody is at it. */
export function alertState(alert: Alert, now: number): Said {
  switch (alert.state) {
    case 'active':
      return { tone: alert.severity, words: 'active' }
    case 'acknowledged':
      return { tone: 'info', words: `acknowledged by ${alert.decidedBy ?? 'somebody'}` }
    case 'snoozed':
      return {
        tone: 'info',
        words: `snoozed by ${alert.decidedBy ?? 'somebody'}, again ${inFuture(alert.snoozedUntil ?? now, now)}`,
      }
    case 'resolved':
      return { tone: 'good', words: 'resolved' }
  }
}
