import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { OffsetShown } from '../../../../api/reader-clocks.ts'
import type { Session } from '../../../../api/timing.ts'
import { client, type Outputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { useReaderClocks } from '../../../readers-queries.ts'
import { count, counted } from '../../../words/numbers.ts'
import { howInWords, offsetInWords } from '../../../words/offsets.ts'
import { clockExact, moment, momentExact } from '../../../words/time.ts'
import tabs from '../DayTabs.module.css'
import { ClockHistory } from './ClockHistory.tsx'
import styles from './Now.module.css'
import { SetOffset } from './SetOffset.tsx'

type Device = Outputs['readerClocks']['list']['devices'][number]

interface ClocksProps {
  readonly raceDay: RaceDay
  readonly session: Session
}

/** Readers whose clock is wrong: what is added to their times, from when to when. */
export function Clocks({ raceDay, session }: ClocksProps) {
  const clocks = useReaderClocks(session.id)
  const [giving, setGiving] = useState<string | null>(null)
  const takeBack = useMutation({
    mutationFn: (id: string) => client.readerClocks.takeBack({ id }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['reader-clocks', session.id] }),
  })
  const { timezone: zone } = session
  const data = clocks.data
  const outside = data?.devices.filter(device => device.outside > 0).length ?? 0
  return (
    <div className={styles.now}>
      <Panel label="Clocks">
        <PanelTitle
          title="Readers’ clocks"
          aside={
            outside > 0 ? `${counted(outside, 'reader')} with times that are none of the race` : undefined
          }
        />
        <TroubleNote error={clocks.error} what="Clocks not read" onRefetch={() => void clocks.refetch()} />
        <TroubleNote error={takeBack.error} what="Not taken back" onDismiss={takeBack.reset} />
        <Scroll>
          <table className={`${tabs.table} ${styles.table}`} aria-label="Readers’ clocks">
            <thead>
              <tr>
                <th scope="col">Reader</th>
                <th scope="col">By its own clock</th>
                <th scope="col">Is added</th>
                <th scope="col" aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {data?.devices.map(device => (
                <tr key={device.device}>
                  <td>
                    <b>{device.device}</b>
                    <small>
                      {counted(device.reads, 'read')}
                      {device.guns > 0 && `, ${counted(device.guns, 'gun')}`}
                    </small>
                  </td>
                  <td>
                    {spanInWords(device, zone)}
                    {device.outside > 0 && (
                      <small className="bad">{count(device.outside)} at no time of the race</small>
                    )}
                  </td>
                  <td>
                    {data.offsets
                      .filter(offset => offset.device === device.device)
                      .map(offset => (
                        <Offset
                          key={offset.id}
                          offset={offset}
                          zone={zone}
                          disabled={takeBack.isPending}
                          onTakeBack={() => takeBack.mutate(offset.id)}
                        />
                      ))}
                    {data.offsets.every(offset => offset.device !== device.device) && 'nothing'}
                  </td>
                  <td>
                    <div className={tabs.actions}>
                      <Button
                        small
                        aria-label={`Give ${device.device} an offset`}
                        onClick={() => setGiving(device.device)}
                      >
                        Give an offset…
                      </Button>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {data?.devices.length === 0 && (
            <p className={tabs.none}>No reader has read anything in this session.</p>
          )}
        </Scroll>
      </Panel>
      <Panel label="What happened to clocks">
        <ClockHistory session={session} />
      </Panel>
      {giving !== null && (
        <SetOffset raceDay={raceDay} session={session} device={giving} onClose={() => setGiving(null)} />
      )}
    </div>
  )
}

function spanInWords({ firstAt, lastAt }: Device, zone: string): string {
  if (firstAt === null || lastAt === null) return 'no time'
  return `${momentExact(firstAt, zone)} to ${momentExact(lastAt, zone)}`
}

interface OffsetProps {
  readonly offset: OffsetShown
  readonly zone: string
  readonly disabled: boolean
  readonly onTakeBack: () => void
}

function Offset({ offset, zone, disabled, onTakeBack }: OffsetProps) {
  const { offsetMs, fromAt, toAt, how, trueAt, reason, decidedBy, decidedAt } = offset
  const range = [
    fromAt === null ? '' : `from ${clockExact(fromAt, zone)}`,
    toAt === null ? '' : `to ${clockExact(toAt, zone)}`,
  ]
    .filter(Boolean)
    .join(' ')
  const words = offsetInWords(offsetMs)
  return (
    <div className={styles.offset}>
      <div>
        <b>{words}</b> {range || 'all day'}
        <small>
          {howInWords(how)}
          {trueAt !== null && ` that was at ${clockExact(trueAt, zone)}`} · {decidedBy},{' '}
          {moment(decidedAt, zone)}
          {reason !== null && `: ${reason}`}
        </small>
      </div>
      <Button
        small
        aria-label={`Take back ${words} of ${offset.device}`}
        disabled={disabled}
        onClick={onTakeBack}
      >
        Take back
      </Button>
    </div>
  )
}
