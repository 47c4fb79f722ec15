import { Checkbox, Radio } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { client } from '../../../client.ts'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { dayInWords } from '../../../words/time.ts'
import styles from '../ConnectionDetail.module.css'

export type Events = 'all' | string[]

interface EventsChoiceProps {
  readonly connectionId: string
  readonly events: Events
  readonly onChange: (events: Events) => void
}

/** All events that the keys open, or some of them. */
export function EventsChoice({ connectionId, events, onChange }: EventsChoiceProps) {
  const offered = useQuery({
    queryKey: ['source-events', connectionId],
    queryFn: ({ signal }) => client.connections.sourceEvents({ id: connectionId }, { signal }),
    staleTime: 60_000,
  })
  const list = offered.data?.events ?? []
  return (
    <div className={styles.section}>
      <Radio.Group
        label="Events"
        value={events === 'all' ? 'all' : 'some'}
        onChange={value => onChange(value === 'all' ? 'all' : list.map(event => event.sourceEventId))}
      >
        <Radio mt={6} value="all" label="All events that the keys open" />
        <Radio mt={6} value="some" label="Only these" />
      </Radio.Group>
      {offered.isPending && <p role="status">Asking for the events</p>}
      <TroubleNote error={offered.error} what="Events not read" onRefetch={() => void offered.refetch()} />
      {offered.isSuccess && list.length === 0 && <p className="faint">The keys open no event.</p>}
      {events === 'all'
        ? list.length > 0 && (
            <p className="soft">Now: {list.map(event => event.eventName).join(', ')}. Later ones too.</p>
          )
        : list.length > 0 && (
            <Checkbox.Group value={events} onChange={onChange} label="Events to bring">
              <div className={styles.section}>
                {list.map(event => (
                  <Checkbox
                    key={event.sourceEventId}
                    value={event.sourceEventId}
                    label={[
                      event.eventName,
                      event.raceName,
                      event.eventDate === null ? 'no date' : dayInWords(event.eventDate),
                      event.sourceEventId,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  />
                ))}
              </div>
            </Checkbox.Group>
          )}
    </div>
  )
}
