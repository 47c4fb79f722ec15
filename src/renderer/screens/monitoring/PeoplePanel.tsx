import type { ParticipantTracking } from '../../../api/monitoring.ts'
import { Panel, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useParticipantTracking } from '../../monitoring-queries.ts'
import { count, counted } from '../../words/numbers.ts'
import styles from './Monitoring.module.css'
import { PeopleWork } from './PeopleWork.tsx'

/** People over events: who came once, who came again. */
export function PeoplePanel({ allowed }: { readonly allowed: boolean }) {
  const found = useParticipantTracking(allowed)
  return (
    <Panel title="People over events">
      {!allowed && <p className={styles.none}>Shown to managers.</p>}
      <TroubleNote error={found.error} what="People not counted" onRefetch={() => void found.refetch()} />
      {allowed && <PeopleWork />}
      <Scroll>
        {(found.data ?? []).map(partner => (
          <Partner key={partner.timingPartnerName} partner={partner} />
        ))}
      </Scroll>
    </Panel>
  )
}

function Partner({ partner }: { readonly partner: ParticipantTracking }) {
  const most = Math.max(1, ...partner.byEvents.map(one => one.participants))
  return (
    <div className={styles.partner}>
      <p>
        <b>{partner.timingPartnerName}</b>{' '}
        <span className="soft">
          {counted(partner.uniqueParticipants, 'person', 'people')}
          {partner.avgEventsPerParticipant !== null &&
            `, ${partner.avgEventsPerParticipant.toFixed(2)} events each`}
          , {counted(partner.providersUsed, 'provider')}
        </span>
      </p>
      <ul className={styles.bars} aria-label={`People of ${partner.timingPartnerName} by events`}>
        {partner.byEvents.map(({ events, participants }) => (
          <li key={events}>
            <span>{counted(events, 'event')}</span>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect className={styles.span} width={Math.max(0.5, (participants / most) * 100)} height={10} />
            </svg>
            <span className="number">{count(participants)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
