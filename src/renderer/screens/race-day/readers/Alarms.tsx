import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReaderAlarm, ReaderNotice, ReaderShown } from '../../../../api/readers.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Note } from '../../../components/Note.tsx'
import { PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useNow } from '../../../components/use-now.ts'
import { queries } from '../../../query.ts'
import { alarmInWords, noticeInWords } from '../../../words/readers.ts'
import { momentExact } from '../../../words/time.ts'
import styles from './Now.module.css'
import { WaveOff } from './WaveOff.tsx'

interface AlarmsProps {
  readonly alarms: readonly ReaderAlarm[]
  readonly notices: readonly ReaderNotice[]
  readonly readers: readonly ReaderShown[]
  readonly zone: string
}

const readAgain = (): void => void queries.invalidateQueries({ queryKey: ['readers-status'] })

/** What is wrong with readers now, and what the crew waved off. */
export function Alarms({ alarms, notices, readers, zone }: AlarmsProps) {
  const now = useNow(1000)
  const [waving, setWaving] = useState<ReaderAlarm | null>(null)
  const askAgain = useMutation({
    mutationFn: (key: string) => client.readers.askAgain({ key }),
    onSuccess: readAgain,
  })
  const takeBack = useMutation({
    mutationFn: (id: number) => client.readers.takeBack({ id }),
    onSuccess: readAgain,
  })
  const waved = notices.filter(notice => notice.wavedOff !== null)
  /** Who could send it: the one connection of that location. */
  const askable = (alarm: ReaderAlarm): ReaderShown | undefined =>
    alarm.code === 'gap'
      ? readers.find(one => one.state !== 'gone' && one.locations.includes(alarm.location ?? ''))
      : undefined
  return (
    <Scroll>
      <PanelTitle title="Alarms" aside={alarms.length === 0 ? 'none' : `${alarms.length} open`} />
      <TroubleNote error={askAgain.error} what="Not asked again" onDismiss={askAgain.reset} />
      <TroubleNote error={takeBack.error} what="Not taken back" onDismiss={takeBack.reset} />
      {alarms.length === 0 && <p className={styles.none}>No gap, no clock off, no reader missing.</p>}
      <ul className={styles.alarms} aria-label="Alarms">
        {alarms.map(alarm => {
          const { words, todo } = alarmInWords(alarm, now)
          const asked = askable(alarm)
          const noticed = alarm.code === 'gap' || alarm.code === 'numbers-restarted'
          return (
            <li key={`${alarm.code} ${alarm.device} ${alarm.location} ${noticed ? alarm.noticeId : ''}`}>
              <Note
                tone={alarm.code === 'numbers-restarted' ? 'warn' : 'bad'}
                actions={
                  noticed ? (
                    <>
                      {asked && (
                        <Button
                          small
                          disabled={askAgain.isPending}
                          onClick={() => askAgain.mutate(asked.key)}
                        >
                          Ask again
                        </Button>
                      )}
                      <Button small onClick={() => setWaving(alarm)}>
                        Wave off…
                      </Button>
                    </>
                  ) : undefined
                }
              >
                <b>{words}.</b>
                <small>
                  {todo} Since {momentExact(alarm.since, zone)}.
                </small>
              </Note>
            </li>
          )
        })}
      </ul>
      {waved.length > 0 && (
        <>
          <PanelTitle title="Waved off" aside={String(waved.length)} />
          <ul className={styles.alarms} aria-label="Waved off">
            {waved.map(notice => (
              <li key={notice.id}>
                <Note
                  tone="info"
                  actions={
                    <Button
                      small
                      aria-label={`Take back: ${noticeInWords(notice)}`}
                      disabled={takeBack.isPending}
                      onClick={() => takeBack.mutate(notice.id)}
                    >
                      Take back
                    </Button>
                  }
                >
                  {noticeInWords(notice)}.
                  {notice.wavedOff && (
                    <small>
                      {notice.wavedOff.by}, {momentExact(notice.wavedOff.at, zone)}
                      {notice.wavedOff.reason === null ? '' : `: ${notice.wavedOff.reason}`}
                    </small>
                  )}
                </Note>
              </li>
            ))}
          </ul>
        </>
      )}
      {waving && (waving.code === 'gap' || waving.code === 'numbers-restarted') && (
        <WaveOff
          noticeId={waving.noticeId}
          words={alarmInWords(waving, now).words}
          onClose={() => setWaving(null)}
          onDone={readAgain}
        />
      )}
    </Scroll>
  )
}
