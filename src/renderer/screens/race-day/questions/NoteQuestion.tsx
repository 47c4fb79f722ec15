import { Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Match } from '../../../../api/race-day.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { personName } from '../../../words/people.ts'
import { useDecide } from '../decide.ts'

export function NoteQuestion({ person, onClose }: { readonly person: Match; readonly onClose: () => void }) {
  const [note, setNote] = useState(person.note ?? '')
  const decide = useDecide()
  const save = (event?: FormEvent): void => {
    event?.preventDefault()
    const text = note.trim()
    decide.mutate(
      {
        person,
        field: 'note',
        value: text === '' ? undefined : text,
        words: `${text === '' ? 'No note' : 'Note'} for ${personName(person)}`,
      },
      { onSuccess: onClose },
    )
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    save()
  }
  return (
    <Dialog title={`Note for ${personName(person)}`} onClose={onClose}>
      <form onSubmit={save}>
        <Textarea
          label="Note"
          description="Enter saves, Shift+Enter begins a line"
          rows={3}
          value={note}
          onChange={event => setNote(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          data-autofocus
        />
        <TroubleNote error={decide.error} what="Note not saved" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={decide.isPending}>
            Save note
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
