import { useState } from 'react'
import type { ResultsEvent } from '../../../api/results.ts'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { isTyping } from '../../components/use-hotkeys.ts'
import { useNow } from '../../components/use-now.ts'
import { useResultsEvents } from '../../results-queries.ts'
import { count, counted } from '../../words/numbers.ts'
import { ago, dayInWords } from '../../words/time.ts'
import { Header } from '../shell/Header.tsx'
import { EventResults } from './EventResults.tsx'
import styles from './Results.module.css'

const keyOf = (event: ResultsEvent): string => `${event.connectionId} ${event.eventId}`

/** Results from scoring, by event, and their way to registration. */
export function Results() {
  const found = useResultsEvents()
  const events = found.data ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const open =
    events.find(event => keyOf(event) === chosen) ?? events.find(event => event.results > 0) ?? events[0]
  const finished = events.reduce((sum, event) => sum + event.finished, 0)
  const walk = (press: React.KeyboardEvent): void => {
    if ((press.key !== 'ArrowDown' && press.key !== 'ArrowUp') || isTyping(press.target)) return
    press.preventDefault()
    const here = open === undefined ? -1 : events.indexOf(open)
    const next = events[here + (press.key === 'ArrowDown' ? 1 : -1)]
    if (next) setChosen(keyOf(next))
  }
  return (
    <>
      <Header>
        <div>
          <small className="soft">
            {counted(events.length, 'event')} · {count(finished)} finished
          </small>
          <h1 className={styles.heading}>Results</h1>
        </div>
      </Header>
      <TroubleNote error={found.error} what="Results not read" onRefetch={() => void found.refetch()} />
      {found.isSuccess && events.length === 0 && (
        <main className={styles.none}>
          <p className="soft">
            No event with a scoring provider that gives results. Add a connection and sync it.
          </p>
        </main>
      )}
      {open && (
        <main className={styles.room}>
          <Panel label="Events">
            <PanelTitle title={counted(events.length, 'event')} />
            <Scroll>
              <ul className={styles.list} aria-label="Events with results" onKeyDown={walk}>
                {events.map(event => (
                  <EventLine
                    key={keyOf(event)}
                    event={event}
                    open={event === open}
                    onOpen={() => setChosen(keyOf(event))}
                  />
                ))}
              </ul>
            </Scroll>
          </Panel>
          <EventResults key={keyOf(open)} event={open} />
        </main>
      )}
    </>
  )
}

interface EventLineProps {
  readonly event: ResultsEvent
  readonly open: boolean
  readonly onOpen: () => void
}

function EventLine({ event, open, onOpen }: EventLineProps) {
  const now = useNow(10_000)
  return (
    <li>
      <button type="button" aria-current={open} onClick={onOpen}>
        <b>{event.eventName}</b>
        <small className="soft">{event.eventDate === null ? '' : dayInWords(event.eventDate)}</small>
        <small className="soft">{event.raceName ?? event.connectionName}</small>
        <small>{count(event.finished)} finished</small>
        <small className="faint">
          {event.pulledAt === null ? 'never pulled' : `pulled ${ago(event.pulledAt, now)}`}
        </small>
        <small className={event.published > 0 ? 'good' : 'faint'}>{count(event.published)} published</small>
      </button>
    </li>
  )
}
