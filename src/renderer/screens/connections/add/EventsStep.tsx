import type { Connection } from '../../../../api/connections.ts'
import { Note } from '../../../components/Note.tsx'
import { type Events, EventsChoice } from '../form/EventsChoice.tsx'

interface EventsStepProps {
  readonly connection: Connection
  readonly events: Events
  readonly onChange: (events: Events) => void
}

export function EventsStep({ connection, events, onChange }: EventsStepProps) {
  return (
    <>
      <h2>Which events</h2>
      <Note tone="good">
        <b>{connection.connectionName} created.</b> Nothing runs before the first sync is started.
      </Note>
      <EventsChoice connectionId={connection.id} events={events} onChange={onChange} />
    </>
  )
}
