import type { Session } from '../../../../api/timing.ts'
import { Note } from '../../../components/Note.tsx'
import { PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useClockSteps, useOffsetHistory } from '../../../readers-queries.ts'
import { offsetInWords } from '../../../words/offsets.ts'
import { clockExact, momentExact } from '../../../words/time.ts'
import styles from './Now.module.css'

/** Marks of clocks being set at a box, and who gave which offset. */
export function ClockHistory({ session }: { readonly session: Session }) {
  const steps = useClockSteps(session.id)
  const history = useOffsetHistory(session.id)
  const { timezone: zone } = session
  return (
    <Scroll>
      <PanelTitle title="Clocks set at the box" aside={steps.data?.steps.length === 0 ? 'none' : undefined} />
      <TroubleNote error={steps.error} what="Marks not read" onRefetch={() => void steps.refetch()} />
      {steps.data?.steps.length === 0 && (
        <p className={styles.none}>Only a controller’s .mrk file tells. Import it to see.</p>
      )}
      <ul className={styles.alarms} aria-label="Clocks set at the box">
        {steps.data?.steps.map(step => (
          <li key={step.readId}>
            <Note tone="warn">
              <b>
                {step.device}
                {step.location === null ? '' : ` (${step.location})`}: {offsetInWords(step.ms)}
              </b>
              <small>
                {step.mark} stamped {clockExact(step.stampedAt, zone)} names {clockExact(step.namedAt, zone)}.
                Reads before it may need an offset that ends there.
              </small>
            </Note>
          </li>
        ))}
      </ul>
      <PanelTitle title="Offsets given" aside={history.data?.entries.length === 0 ? 'none' : undefined} />
      <TroubleNote error={history.error} what="History not read" onRefetch={() => void history.refetch()} />
      <ul className={styles.alarms} aria-label="Offsets given">
        {history.data?.entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: several may be of one moment
          <li key={`${entry.at} ${index}`}>
            <Note tone="info">
              <b>
                {entry.device} {offsetInWords(entry.offsetMs)}
              </b>
              , {entry.action}
              <small>
                {entry.actor}, {momentExact(entry.at, zone)}
                {entry.reason === null ? '' : `: ${entry.reason}`}
              </small>
            </Note>
          </li>
        ))}
      </ul>
    </Scroll>
  )
}
