import { Radio, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Found, RaceDay } from '../../../api/race-day.ts'
import type { UnlinkedReason } from '../../../core/model.ts'
import { client } from '../../client.ts'
import { Dialog } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useSearch } from '../../queries.ts'
import { queries } from '../../query.ts'
import { useDesk } from '../../state/desk.ts'
import { counted } from '../../words/numbers.ts'
import { personName } from '../../words/people.ts'
import { reasonInWords } from '../../words/reads.ts'
import { PeopleList } from './PeopleList.tsx'

/** Reads nobody is linked to. */
export interface Nobodys {
  readonly chip: string | null
  readonly sessionId: string
  /** The newest of them. */
  readonly readId: number
  readonly reads: number
  readonly reason: UnlinkedReason | null
}

interface WhoseIsItProps {
  readonly raceDay: RaceDay
  readonly nobodys: Nobodys
  readonly onClose: () => void
}

type Extent = 'chip' | 'read'

/** One search box: Enter gives the reads to the person on top. */
export function WhoseIsIt({ raceDay, nobodys, onClose }: WhoseIsItProps) {
  const { chip } = nobodys
  const [typed, setTyped] = useState('')
  const [index, setIndex] = useState(0)
  const [extent, setExtent] = useState<Extent>(
    chip === null || nobodys.reason === 'no-time' ? 'read' : 'chip',
  )
  const { remember, show } = useDesk()
  const text = typed.trim()
  const search = useSearch(raceDay.id, text, 8)
  const matches = text === '' ? [] : (search.data?.people ?? [])
  const assign = useMutation({
    mutationFn: async (person: Found) => {
      if (extent === 'chip' && chip !== null) {
        await client.timing.assignChip({ chip, sessionId: nobodys.sessionId, participantId: person.id })
        const words = `Chip ${chip} given to ${personName(person)}`
        remember({ kind: 'chip', words, chip, sessionId: nobodys.sessionId })
        return
      }
      await client.timing.assignRead({ id: nobodys.readId, participantId: person.id })
      remember({ kind: 'read', words: `One read given to ${personName(person)}`, readId: nobodys.readId })
    },
    onSuccess: (_, person) => {
      for (const key of ['unlinked', 'reads', 'person', 'counts'])
        void queries.invalidateQueries({ queryKey: [key] })
      show(person.id)
      onClose()
    },
  })
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setIndex(Math.max(0, Math.min(matches.length - 1, index + step)))
    }
    const chosen = matches[index]
    if (event.key === 'Enter' && chosen && !search.isPlaceholderData && !assign.isPending) {
      event.preventDefault()
      assign.mutate(chosen)
    }
  }
  const title = chip === null ? 'Whose read is it?' : `Whose is chip ${chip}?`
  return (
    <Dialog title={title} onClose={onClose}>
      {nobodys.reason !== null && (
        <Note>
          {counted(nobodys.reads, 'read')}: {reasonInWords(nobodys.reason)}.
        </Note>
      )}
      <TextInput
        label="Bib, chip or name of the person"
        description="↑ ↓ walk, Enter assigns, Esc leaves it"
        value={typed}
        onChange={event => {
          setTyped(event.currentTarget.value)
          setIndex(0)
        }}
        onKeyDown={onKeyDown}
        autoComplete="off"
        data-autofocus
      />
      {matches.length > 0 && (
        <PeopleList label="People" people={matches} index={index} onPick={person => assign.mutate(person)} />
      )}
      {text !== '' && search.isSuccess && !search.isPlaceholderData && matches.length === 0 && (
        <p className="bad">Nobody for “{text}”.</p>
      )}
      {chip !== null && (
        <Radio.Group
          label="Give"
          value={extent}
          onChange={value => setExtent(value === 'read' ? 'read' : 'chip')}
        >
          <Radio value="chip" label={`Chip ${chip}: all its reads, from now on too`} mt={6} />
          <Radio value="read" label="Only the newest read" mt={6} />
        </Radio.Group>
      )}
      <TroubleNote error={search.error} what="Not searched" />
      <TroubleNote error={assign.error} what="Not assigned" />
    </Dialog>
  )
}
