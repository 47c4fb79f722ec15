import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { DoubleBib } from '../../../api/desk.ts'
import type { RaceDay } from '../../../api/race-day.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useDesk } from '../../state/desk.ts'
import { bibDecision, bibLinks } from '../../words/bibs.ts'
import { counted } from '../../words/numbers.ts'
import styles from './DoubleBibs.module.css'

interface DoubleBibsProps {
  readonly raceDay: RaceDay
  readonly onClose: () => void
}

/** Every bib that several people wear: who, by whose decision, and whose the reads are. */
export function DoubleBibs({ raceDay, onClose }: DoubleBibsProps) {
  const doubled = useQuery({
    queryKey: ['double-bibs', raceDay.id],
    queryFn: ({ signal }) => client.desk.doubleBibs({ id: raceDay.id }, { signal }),
    meta: { topics: ['participants'] },
  })
  const show = useDesk(state => state.show)
  const open = (id: string): void => {
    show(id)
    onClose()
  }
  const bibs = doubled.data?.bibs ?? []
  // They come after the dialog took the focus.
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (doubled.isSuccess) list.current?.querySelector('button')?.focus()
  }, [doubled.isSuccess])
  return (
    <Dialog title={`${counted(bibs.length, 'bib')} worn twice`} onClose={onClose} wide>
      <TroubleNote error={doubled.error} what="Bibs not read" onRetry={() => void doubled.refetch()} />
      {doubled.isSuccess && bibs.length === 0 && <Note tone="good">No bib is worn twice.</Note>}
      <div ref={list} className={styles.list}>
        {bibs.map(bib => (
          <OneBib key={bib.bib} bib={bib} zone={raceDay.timezone} onOpen={open} />
        ))}
      </div>
    </Dialog>
  )
}

interface OneBibProps {
  readonly bib: DoubleBib
  readonly zone: string
  readonly onOpen: (id: string) => void
}

function OneBib({ bib, zone, onOpen }: OneBibProps) {
  return (
    <Note
      actions={bib.wearers.map(wearer => (
        <Button key={wearer.id} small onClick={() => onOpen(wearer.id)}>
          Show {wearer.name}
        </Button>
      ))}
    >
      <b>Bib {bib.bib}.</b> {bibLinks(bib.bib, bib.wearers, bib.linksTo)}
      {bib.wearers.map(wearer => (
        <div key={wearer.id}>
          {wearer.name} ({wearer.eventName}): {bibDecision(wearer, zone)}, {counted(wearer.reads, 'read')}
        </div>
      ))}
    </Note>
  )
}
