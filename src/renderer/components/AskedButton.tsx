import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Button } from './Button.tsx'
import { Dialog, DialogActions } from './Dialog.tsx'
import { TroubleNote } from './TroubleNote.tsx'

interface AskedButtonProps {
  /** With an ellipsis: more comes before anything is done. */
  readonly words: string
  readonly kind?: 'plain' | 'danger' | 'quiet'
  readonly small?: boolean
  readonly title: string
  /** What goes and what stays, and for whom. */
  readonly children: ReactNode
  /** The way back. It has the focus: Enter changes nothing. */
  readonly no?: string
  readonly yes: string
  readonly failed: string
  readonly onYes: () => Promise<unknown>
}

/** For what is hard to undo: first what it does is said, once, then it is done. */
export function AskedButton({ words, kind = 'plain', small = false, ...question }: AskedButtonProps) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button kind={kind} small={small} onClick={() => setAsking(true)}>
        {words}
      </Button>
      {asking && <Question {...question} onClose={() => setAsking(false)} />}
    </>
  )
}

interface QuestionProps extends Omit<AskedButtonProps, 'words' | 'kind' | 'small'> {
  readonly onClose: () => void
}

function Question({ title, children, no = 'Keep it', yes, failed, onYes, onClose }: QuestionProps) {
  const act = useMutation({ mutationFn: onYes, onSuccess: onClose })
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <TroubleNote error={act.error} what={failed} />
      <DialogActions>
        <Button data-autofocus onClick={onClose}>
          {no}
        </Button>
        <Button kind="danger" disabled={act.isPending} onClick={() => act.mutate()}>
          {yes}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
