import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import type { Keyed } from '../../../../api/keyed-reads.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useKeyed } from '../../../state/keyed.ts'
import { reasonInWords } from '../../../words/reads.ts'
import { clockExact } from '../../../words/time.ts'
import styles from '../DayTabs.module.css'
import { readKeyedAgain } from './presses.ts'

interface KeyedListProps {
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly reads: readonly Keyed[]
  readonly zone: string
  readonly onTakeBack: (id: number) => void
  readonly onBox: () => void
}

function whose(read: Keyed): string {
  if (read.bibNumber === null && read.name === null) return 'bib to come'
  if (read.state === 'duplicate') return `${read.name ?? ''}, yields to the chip’s read`
  if (read.name !== null) return `${read.name}, ${read.eventName ?? ''}`
  if (read.reason !== null) return reasonInWords(read.reason)
  return 'not linked yet'
}

/** Those without a bib first. Enter in a row's box says whose it is and goes on to the next. */
export function KeyedList({ listRef, reads, zone, onTakeBack, onBox }: KeyedListProps) {
  const walk = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') onBox()
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const boxes: readonly Element[] = [...(listRef.current?.querySelectorAll('input') ?? [])]
    const here = event.target instanceof Element ? boxes.indexOf(event.target) : -1
    const next = boxes[here + (event.key === 'ArrowDown' ? 1 : -1)]
    if (next instanceof HTMLElement) next.focus()
    else if (event.key === 'ArrowUp') onBox()
  }
  return (
    <Scroll>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the arrows of its boxes */}
      <div ref={listRef} onKeyDown={walk}>
        <table className={styles.table} aria-label="Keyed reads">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Location</th>
              <th scope="col">Bib</th>
              <th scope="col">Whose</th>
              <th scope="col">Keyed by</th>
              <th scope="col" aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {reads.map(read => (
              <tr key={read.id}>
                <td>{clockExact(read.at, zone)}</td>
                <td>{read.location}</td>
                <td>
                  {read.bibNumber === null ? <LaterBib read={read} zone={zone} /> : <b>{read.bibNumber}</b>}
                </td>
                <td className={read.state === 'unlinked' && read.bibNumber !== null ? 'bad' : undefined}>
                  {whose(read)}
                </td>
                <td>{read.by}</td>
                <td>
                  <div className={styles.actions}>
                    <Button
                      small
                      aria-label={`Take back the read at ${clockExact(read.at, zone)}`}
                      onClick={() => onTakeBack(read.id)}
                    >
                      Take back
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {reads.length === 0 && <p className={styles.none}>No read was keyed in this session.</p>}
      </div>
    </Scroll>
  )
}

function LaterBib({ read, zone }: { readonly read: Keyed; readonly zone: string }) {
  const [typed, setTyped] = useState('')
  const did = useKeyed(state => state.did)
  const finish = useMutation({
    mutationFn: (bib: string) => client.keyedReads.finish({ id: read.id, bib }),
    onSuccess: ({ id }) => {
      did(id)
      readKeyedAgain()
    },
  })
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' || typed.trim() === '' || finish.isPending) return
    event.preventDefault()
    const boxes = [...(event.currentTarget.closest('table')?.querySelectorAll('input') ?? [])]
    const next = boxes[boxes.indexOf(event.currentTarget) + 1]
    finish.mutate(typed.trim())
    next?.focus()
  }
  return (
    <>
      <TextInput
        size="xs"
        w={96}
        aria-label={`Bib of the read at ${clockExact(read.at, zone)}`}
        placeholder="Bib"
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        autoComplete="off"
      />
      <TroubleNote error={finish.error} what="Bib not kept" onDismiss={finish.reset} />
    </>
  )
}
