import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { useAsking } from '../../state/asking.ts'

/** What is asked before a call is made again, over whatever is open. Closing it is a no. */
export function Asked() {
  const [question] = useAsking(state => state.waiting)
  const answer = useAsking(state => state.answer)
  if (question === undefined) return null
  const { title, words, yes, no } = question
  return (
    <Dialog key={words} title={title} onClose={() => answer(false)}>
      <p>{words}</p>
      <DialogActions>
        <Button data-autofocus onClick={() => answer(false)}>
          {no}
        </Button>
        <Button kind="danger" onClick={() => answer(true)}>
          {yes}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
