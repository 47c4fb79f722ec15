import { useRef, useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import type { Outputs } from '../../client.ts'
import { PanelTitle } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useUnlinked } from '../../queries.ts'
import { usePlace } from '../../state/place.ts'
import { counted, listed } from '../../words/numbers.ts'
import { reasonInWords } from '../../words/reads.ts'
import { clock } from '../../words/time.ts'
import styles from './NobodysReads.module.css'
import { type Nobodys, WhoseIsIt } from './WhoseIsIt.tsx'

type Group = Outputs['timing']['unlinked']['groups'][number]

interface NobodysReadsProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
}

/** Reads nobody is linked to, by chip, with the reason. Enter on one asks whose it is; of a wrong clock, what time it was. */
export function NobodysReads({ raceDay, session }: NobodysReadsProps) {
  const unlinked = useUnlinked(session?.id ?? null)
  const [assigning, setAssigning] = useState<Nobodys | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const buttons = (): readonly HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])]
  useHotkeys({ F7: () => buttons()[0]?.focus() })
  const walk = (event: React.KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const all = buttons()
    const here = all.findIndex(button => button.matches(':focus'))
    all[Math.max(0, Math.min(all.length - 1, here + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus()
  }
  const data = unlinked.data
  return (
    <section className={styles.section} aria-label="Nobody's reads">
      <PanelTitle
        title="Nobody’s reads"
        aside={
          data && data.reads > 0
            ? `${counted(data.reads, 'read')}, ${counted(data.chips, 'chip')} · F7`
            : 'none'
        }
      />
      <TroubleNote
        error={unlinked.error}
        what="Nobody’s reads not read"
        onRefetch={() => void unlinked.refetch()}
      />
      <ul className={styles.groups} ref={list} onKeyDown={walk} aria-label="Nobody's reads">
        {data?.groups.map(group => (
          <li
            key={`${group.chip} ${group.reason} ${group.chip === null ? group.lastReadId : group.sessionId}`}
          >
            <GroupButton group={group} zone={session?.timezone ?? raceDay.timezone} onOpen={setAssigning} />
          </li>
        ))}
      </ul>
      {assigning && <WhoseIsIt raceDay={raceDay} nobodys={assigning} onClose={() => setAssigning(null)} />}
    </section>
  )
}

function titleOf({ chip, device, bibNumber }: Group): string {
  if (chip !== null) return chip
  if (device !== null) return `Reader ${device}`
  return bibNumber === null ? 'Keyed, bib to come' : `Keyed bib ${bibNumber}`
}

interface GroupButtonProps {
  readonly group: Group
  readonly zone: string
  readonly onOpen: (nobodys: Nobodys) => void
}

function GroupButton({ group, zone, onOpen }: GroupButtonProps) {
  const { chip, sessionId, lastReadId, reads, reason, lastAt, device } = group
  const goReaders = usePlace(state => state.goReaders)
  // Nobody can be given the reads of a clock that is wrong before it is put right.
  const open = (): void =>
    device === null ? onOpen({ chip, sessionId, readId: lastReadId, reads, reason }) : goReaders('clocks')
  return (
    <button type="button" onClick={open}>
      <b>{titleOf(group)}</b> · {counted(reads, 'read')}
      <small>
        {[
          group.timeProblem ?? reasonInWords(reason),
          listed(group.locations),
          lastAt === null || device !== null ? '' : `last ${clock(lastAt, zone)}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </small>
    </button>
  )
}
