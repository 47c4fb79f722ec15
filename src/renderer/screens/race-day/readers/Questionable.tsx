import { NativeSelect } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Questionable as Person } from '../../../../api/course.ts'
import type { RaceDay } from '../../../../api/race-day.ts'
import { QUESTION_KINDS, type QuestionKind } from '../../../../core/model.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useDesk } from '../../../state/desk.ts'
import { usePlace } from '../../../state/place.ts'
import { questionInWords, questionName } from '../../../words/course.ts'
import { counted } from '../../../words/numbers.ts'
import { clockExact } from '../../../words/time.ts'
import tabs from '../DayTabs.module.css'
import styles from './Questionable.module.css'

const PAGE = 100

/** People whose reads cannot be right as they are. Nothing is decided by it: the crew looks. */
export function Questionable({ raceDay }: { readonly raceDay: RaceDay }) {
  const [kind, setKind] = useState<QuestionKind | ''>('')
  const [eventId, setEventId] = useState('')
  const found = useInfiniteQuery({
    queryKey: ['questionable', raceDay.id, kind, eventId],
    queryFn: ({ signal, pageParam }) =>
      client.course.questionable(
        {
          ...{ id: raceDay.id, limit: PAGE },
          ...(kind === '' ? {} : { kind }),
          ...(eventId === '' ? {} : { eventId }),
          ...(pageParam === null ? {} : { after: pageParam }),
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
  const people = found.data?.pages.flatMap(page => page.people) ?? []
  return (
    <Panel label="Questionable reads">
      <PanelTitle
        title="Questionable reads"
        aside={
          found.isSuccess
            ? `${counted(people.length, 'person', 'people')}${found.hasNextPage ? ' and more' : ''}`
            : undefined
        }
      />
      <div className={tabs.bar}>
        <NativeSelect
          size="xs"
          aria-label="Kind of question"
          value={kind}
          onChange={event => setKind(QUESTION_KINDS.find(one => one === event.currentTarget.value) ?? '')}
          data={[
            { value: '', label: 'All questions' },
            ...QUESTION_KINDS.map(one => ({ value: one, label: questionName(one) })),
          ]}
        />
        {raceDay.events.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Event"
            value={eventId}
            onChange={event => setEventId(event.currentTarget.value)}
            data={[
              { value: '', label: 'All events' },
              ...raceDay.events.map(({ id, eventName }) => ({ value: id, label: eventName })),
            ]}
          />
        )}
        <Button small disabled={found.isFetching} onClick={() => void found.refetch()}>
          {found.isFetching ? 'Looking' : 'Look again'}
        </Button>
      </div>
      <TroubleNote error={found.error} what="Not looked at" onRefetch={() => void found.refetch()} />
      <Scroll>
        <table className={`${tabs.table} ${styles.people}`} aria-label="Questionable reads">
          <thead>
            <tr>
              <th scope="col">Bib</th>
              <th scope="col">Name</th>
              <th scope="col">What is questionable</th>
              <th scope="col">Reads</th>
            </tr>
          </thead>
          <tbody>
            {people.map(person => (
              <Row key={person.participantId} person={person} zone={raceDay.timezone} />
            ))}
          </tbody>
        </table>
        {found.isSuccess && people.length === 0 && <p className={tabs.none}>No read is questionable.</p>}
        {found.hasNextPage && (
          <p className={tabs.none}>
            <Button small disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              Show more
            </Button>
          </p>
        )}
      </Scroll>
    </Panel>
  )
}

function Row({ person, zone }: { readonly person: Person; readonly zone: string }) {
  const show = useDesk(desk => desk.show)
  const goDay = usePlace(place => place.goDay)
  return (
    <tr>
      <td>
        <b>{person.bibNumber ?? '—'}</b>
      </td>
      <td>
        <button
          type="button"
          className={styles.person}
          onClick={() => {
            show(person.participantId)
            goDay('desk')
          }}
        >
          {person.name}
        </button>
        <br />
        <small>{[person.eventName, person.wave].filter(Boolean).join(', ')}</small>
      </td>
      <td>
        {person.questions.map((question, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: questions have no name of their own
            key={index}
            className={question.kind === 'missed' ? 'soft' : 'warn'}
          >
            {questionInWords(question)}
          </div>
        ))}
      </td>
      <td>
        {person.reads.map(read => (
          <div key={read.id}>
            {clockExact(read.at, zone)} {read.location}{' '}
            <small>{[read.chip, read.device].filter(Boolean).join(' · ')}</small>
          </div>
        ))}
      </td>
    </tr>
  )
}
