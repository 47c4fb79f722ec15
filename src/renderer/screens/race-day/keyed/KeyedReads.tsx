import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { Session } from '../../../../api/timing.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useHotkeys } from '../../../components/use-hotkeys.ts'
import { useNow } from '../../../components/use-now.ts'
import { useKeyedReads } from '../../../race-day-queries.ts'
import { useKeyed } from '../../../state/keyed.ts'
import { counted } from '../../../words/numbers.ts'
import { clockExact } from '../../../words/time.ts'
import tabs from '../DayTabs.module.css'
import desk from '../HelpDesk.module.css'
import { SessionNote } from '../SessionNote.tsx'
import { KeyedList } from './KeyedList.tsx'
import { readKeyedAgain, usePresses } from './presses.ts'

interface KeyedReadsProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
}

/** When a reader dies: a key takes the time, the bib is typed now or later. */
export function KeyedReads({ raceDay, session }: KeyedReadsProps) {
  if (session) return <Keying key={session.id} session={session} />
  return (
    <main className={tabs.room}>
      <Panel label="Keyed reads">
        <PanelTitle title="Keyed reads" />
        <div className={tabs.bar}>
          No timing session for this race day.
          <SessionNote raceDay={raceDay} session={null} />
        </div>
      </Panel>
    </main>
  )
}

function Keying({ session }: { readonly session: Session }) {
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState('')
  const { location: chosen, keyAt, done, undid } = useKeyed()
  const usual = session.locations.find(one => one.kind === 'finish')?.locationName ?? 'Finish'
  const location = chosen ?? usual
  const keyed = useKeyedReads(session.id)
  const { unsent, press, send, leave } = usePresses(session.id, location.trim())
  const takeBack = useMutation({
    mutationFn: (id: number) => client.keyedReads.takeBack({ id }),
    onSuccess: (_, id) => {
      undid(id)
      readKeyedAgain()
    },
  })
  const last = done.at(-1)
  const undo = (): void => {
    if (last !== undefined && !takeBack.isPending) takeBack.mutate(last)
  }
  useHotkeys({ 'Ctrl+Z': undo })
  useEffect(() => input.current?.focus(), [])

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (event.repeat || location.trim() === '') return
      press(typed.trim())
      setTyped('')
    } else if (event.key === 'ArrowDown') {
      event.preventDefault()
      list.current?.querySelector('input')?.focus()
    } else if (event.key === 'Escape') setTyped('')
  }
  return (
    <main className={tabs.room}>
      <Panel label="Keyed reads">
        <PanelTitle
          title="Keyed reads"
          aside={keyed.data ? `${counted(keyed.data.waiting, 'read')} without a bib` : undefined}
        />
        <div className={desk.find}>
          <div className={desk.box}>
            <input
              ref={input}
              aria-label="Bib, now or later"
              placeholder="Bib, now or later"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={event => setTyped(event.currentTarget.value)}
              onKeyDown={onKeyDown}
            />
            <Running zone={session.timezone} />
          </div>
          <p className={desk.hint}>
            Enter or Space takes the time now at {location || 'a location'} · ↓ goes to reads without a bib ·
            Esc clears
          </p>
        </div>
        <div className={tabs.bar} style={{ paddingTop: 8 }}>
          <TextInput
            aria-label="Location"
            size="xs"
            list="keyed-locations"
            value={location}
            error={location.trim() === ''}
            onChange={event => keyAt(event.currentTarget.value)}
          />
          <datalist id="keyed-locations">
            {session.locations.map(one => (
              <option key={one.id} value={one.locationName} />
            ))}
          </datalist>
          <Button small hotkey="Ctrl+Z" disabled={last === undefined || takeBack.isPending} onClick={undo}>
            Undo last
          </Button>
          {session.status === 'ended' && <span className="warn">This session has ended.</span>}
        </div>
        {unsent.map(one => (
          <TroubleNote
            key={one.press.pressId}
            error={one.error}
            what={`Read at ${one.location}${one.bib === '' ? '' : ` of bib ${one.bib}`} not kept yet; its time is not lost`}
            onRetry={() => send(one)}
            onDismiss={() => leave(one.press)}
          />
        ))}
        <TroubleNote error={takeBack.error} what="Not undone" onDismiss={takeBack.reset} />
        <TroubleNote error={keyed.error} what="Keyed reads not read" onRefetch={() => void keyed.refetch()} />
        <KeyedList
          listRef={list}
          reads={keyed.data?.reads ?? []}
          zone={session.timezone}
          onTakeBack={id => takeBack.mutate(id)}
          onBox={() => input.current?.focus()}
        />
      </Panel>
    </main>
  )
}

function Running({ zone }: { readonly zone: string }) {
  return <b>{clockExact(useNow(50), zone)}</b>
}
