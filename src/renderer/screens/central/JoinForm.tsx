import { Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import styles from './Central.module.css'

/** A code that was given to this laptop, typed or pasted. It is kept nowhere but in the field until it worked. */
export function JoinForm({ onTried }: { readonly onTried: () => void }) {
  const [code, setCode] = useState('')
  const join = useMutation({
    mutationFn: () => client.replication.join({ code: code.trim() }),
    onMutate: onTried,
    onSuccess: () => setCode(''),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    join.mutate()
  }
  return (
    <form className={styles.join} onSubmit={submit}>
      <Textarea
        label="Connection code"
        description="The office makes one for this laptop with “central invite”, a hub shows its own. It works once."
        value={code}
        onChange={event => {
          setCode(event.currentTarget.value)
          if (join.isError) join.reset()
        }}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            if (code.trim() !== '' && !join.isPending) join.mutate()
          }
        }}
        classNames={{ input: styles.code ?? '' }}
        minRows={2}
        maxRows={4}
        autosize
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <TroubleNote error={join.error} what="Not joined" onDismiss={join.reset} />
      {join.data && (
        <div role="status">
          <Note tone="good">
            <b>Joined {join.data.name}.</b> What waits goes there by itself.
          </Note>
        </div>
      )}
      <Button kind="main" submit disabled={code.trim() === '' || join.isPending}>
        {join.isPending ? 'Joining' : 'Join'}
      </Button>
    </form>
  )
}
