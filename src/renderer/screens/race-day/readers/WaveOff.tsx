import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'

interface WaveOffProps {
  readonly noticeId: number
  readonly words: string
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Says that a gap or a restart is no matter, and why. */
export function WaveOff({ noticeId, words, onClose, onDone }: WaveOffProps) {
  const [reason, setReason] = useState('')
  const waveOff = useMutation({
    mutationFn: () =>
      client.readers.waveOff({ id: noticeId, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }),
    onSuccess: () => {
      onDone()
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!waveOff.isPending) waveOff.mutate()
  }
  return (
    <Dialog title="Wave off" onClose={onClose}>
      <form onSubmit={submit}>
        <p>{words}.</p>
        <TextInput
          label="Reason"
          placeholder="box tested before the start (optional)"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <TroubleNote error={waveOff.error} what="Not waved off" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={waveOff.isPending}>
            Wave off
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
