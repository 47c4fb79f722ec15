import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { Inputs } from '../../../client.ts'
import { useSearch } from '../../../queries.ts'
import { useStarts } from '../../../race-day-queries.ts'
import { personName } from '../../../words/people.ts'
import { momentTyped } from '../../../words/places.ts'
import { startName } from '../../../words/starts.ts'
import { clockExact } from '../../../words/time.ts'

export type Found = Inputs['readerClocks']['measure']['found']

interface MeasureAtProps {
  readonly raceDay: RaceDay
  readonly zone: string
  readonly device: string
  /** Null while something is still to be said. */
  readonly onFound: (found: Found | null) => void
}

interface Said {
  readonly bib: string
  /** A read's id. */
  readonly read: string
  /** `time`, `read <id>` or `start <index>`. */
  readonly truth: string
  readonly time: string
}

/** A read or a gun of the reader, and when that really was. */
export function MeasureAt({ raceDay, zone, device, onFound }: MeasureAtProps) {
  const [said, setSaid] = useState<Said>({ bib: '', read: '', truth: 'time', time: '' })
  const starts = useStarts(raceDay.id).data
  const person = useSearch(raceDay.id, said.bib.trim(), 1).data?.best
  const reads = said.bib.trim() === '' || !person ? [] : person.reads
  const guns = starts?.guns.filter(gun => gun.device === device) ?? []
  const own = reads.filter(read => read.device === device)
  const others = reads.filter(read => read.device !== device)
  const choices = [
    ...own.map(({ id, at, rawTime, location }) => ({
      value: String(id),
      label: `${at === null ? rawTime : clockExact(at, zone)} ${location ?? ''}, bib ${person?.bibNumber ?? said.bib}`,
    })),
    ...guns.map(({ id, at, rawTime }) => ({
      value: String(id),
      label: `${at === null ? rawTime : clockExact(at, zone)} gun`,
    })),
  ]
  const known = starts?.starts.filter(start => start.at !== null) ?? []
  const truths = [
    { value: 'time', label: 'a time of day' },
    ...known.map((start, index) => ({
      value: `start ${index}`,
      label: `the gun of ${startName(start)}, ${clockExact(start.at ?? 0, zone)}`,
    })),
    ...others.flatMap(({ id, at, location, device: other }) =>
      at === null
        ? []
        : [
            {
              value: `read ${id}`,
              label: `the read by ${other}, ${clockExact(at, zone)} ${location ?? ''}`,
            },
          ],
    ),
  ]
  const foundOf = ({ read, truth, time }: Said): Found | null => {
    if (read === '') return null
    const readId = Number(read)
    const [what = '', which = ''] = truth.split(' ')
    if (what === 'read') return { readId, trueReadId: Number(which) }
    const start = known[Number(which)]
    if (what === 'start' && start) return { readId, trueStart: { eventId: start.eventId, wave: start.wave } }
    const trueAt = momentTyped(time, raceDay.date, zone)
    return trueAt === null ? null : { readId, trueAt }
  }
  const say = (more: Partial<Said>): void => {
    const next = { ...said, ...more }
    setSaid(next)
    onFound(foundOf(next))
  }
  const badTime = said.time.trim() !== '' && momentTyped(said.time, raceDay.date, zone) === null
  return (
    <>
      <TextInput
        label="Whose read"
        description={
          said.bib.trim() === '' || !person
            ? guns.length > 0
              ? 'Bib, chip or name; or take one of its guns below'
              : 'Bib, chip or name of somebody this reader read'
            : `${person.bibNumber ?? 'no bib'} ${personName(person)}${own.length === 0 ? `: no read by ${device}` : ''}`
        }
        value={said.bib}
        onChange={event => say({ bib: event.currentTarget.value, read: '', truth: 'time' })}
        autoComplete="off"
        data-autofocus
      />
      <NativeSelect
        label="Read of this reader"
        value={said.read}
        disabled={choices.length === 0}
        onChange={event => say({ read: event.currentTarget.value })}
        data={[{ value: '', label: choices.length === 0 ? 'none' : 'Choose one' }, ...choices]}
      />
      <NativeSelect
        label="That really was at"
        value={said.truth}
        onChange={event => say({ truth: event.currentTarget.value })}
        data={truths}
      />
      {said.truth === 'time' && (
        <TextInput
          label="True time"
          description={`Of ${raceDay.date}, ${zone}`}
          placeholder="08:00:12.5"
          value={said.time}
          error={badTime ? 'hh:mm:ss, with fractions if known' : null}
          onChange={event => say({ time: event.currentTarget.value })}
          autoComplete="off"
        />
      )}
    </>
  )
}
