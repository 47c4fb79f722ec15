export const ALERT_KINDS = [
  'failed',
  'stale',
  'held',
  'needs-a-look',
  'discrepancy',
  'not-compared',
  'budget-short',
  'unknown-climbing',
  'reader-clock-off',
  'reader-trouble',
  'disk-filling',
  'backup-failed',
  'replication-blocked',
  'replication-offline',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

export const ALERT_SEVERITIES = ['warn', 'bad'] as const
/** bad: something is lost or wrong unless somebody acts. */
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

export const ALERT_STATES = ['active', 'acknowledged', 'snoozed', 'resolved'] as const
/** acknowledged: somebody is at it, until it is over. snoozed: active again then. resolved: its cause is gone. */
export type AlertState = (typeof ALERT_STATES)[number]
