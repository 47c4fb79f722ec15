import { useMutation } from '@tanstack/react-query'
import type { Alert } from '../../../api/alerts.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useAlerts } from '../../guard-queries.ts'
import { queries } from '../../query.ts'
import { usePlace } from '../../state/place.ts'
import { alertState, kindInWords } from '../../words/alerts.ts'
import { counted } from '../../words/numbers.ts'
import { moment } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './Alerts.module.css'

/** What is wrong and what to do about it; what was, below. */
export function Alerts({ onClose }: { readonly onClose: () => void }) {
  const found = useAlerts()
  const now = useNow(5000)
  const zone = useZone()
  const openConnection = usePlace(state => state.openConnection)
  const decide = useMutation({
    mutationFn: (input: { id: string; snoozeMinutes?: number }) => client.alerts.acknowledge(input),
    onSettled: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
  })
  const show = (connectionId: string, kind: Alert['kind']): void => {
    const compared = kind === 'discrepancy' || kind === 'not-compared'
    openConnection(connectionId, compared ? 'reconciliation' : 'overview')
    onClose()
  }
  return (
    <Dialog title="Alerts" onClose={onClose} wide>
      <TroubleNote error={found.error} what="Alerts not read" onRefetch={() => void found.refetch()} />
      <TroubleNote error={decide.error} what="Not changed" onDismiss={decide.reset} />
      {found.data?.alerts.length === 0 && <p className="faint">Nothing is wrong.</p>}
      <ul className={styles.list} aria-label="Alerts">
        {found.data?.alerts.map(alert => (
          <li key={alert.id}>
            <One
              alert={alert}
              now={now}
              onShow={show}
              onDecide={snoozeMinutes =>
                decide.mutate({ id: alert.id, ...(snoozeMinutes === undefined ? {} : { snoozeMinutes }) })
              }
            />
          </li>
        ))}
      </ul>
      {found.data !== undefined && found.data.resolved.length > 0 && (
        <details className={styles.over}>
          <summary>{counted(found.data.resolved.length, 'alert')} resolved</summary>
          <ul aria-label="Resolved alerts">
            {found.data.resolved.map(alert => (
              <li key={alert.id}>
                <span className="faint">{moment(alert.resolvedAt ?? alert.lastSeenAt, zone, now)}</span>{' '}
                {alert.message}
              </li>
            ))}
          </ul>
        </details>
      )}
      <DialogActions>
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  )
}

interface OneProps {
  readonly alert: Alert
  readonly now: number
  readonly onShow: (connectionId: string, kind: Alert['kind']) => void
  readonly onDecide: (snoozeMinutes?: number) => void
}

function One({ alert, now, onShow, onDecide }: OneProps) {
  const zone = useZone()
  const { connectionId } = alert
  const { tone, words } = alertState(alert, now)
  return (
    <Note
      tone={alert.state === 'active' ? alert.severity : 'info'}
      actions={
        <>
          {connectionId !== null && (
            <Button small onClick={() => onShow(connectionId, alert.kind)}>
              Show
            </Button>
          )}
          {alert.state !== 'acknowledged' && (
            <Button small onClick={() => onDecide()}>
              Acknowledge
            </Button>
          )}
          {alert.state === 'active' && (
            <Button small onClick={() => onDecide(30)}>
              Snooze 30 min
            </Button>
          )}
        </>
      }
    >
      <Tag tone={tone}>{words}</Tag> <b>{kindInWords(alert.kind)}</b>{' '}
      <span className="faint">
        since {moment(alert.firstSeenAt, zone, now)}
        {alert.count > 1 && `, time ${alert.count}`}
      </span>
      <p>{alert.message}</p>
      <p className="soft">{alert.todo}</p>
    </Note>
  )
}
