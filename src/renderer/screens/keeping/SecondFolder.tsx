import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import styles from './Backups.module.css'

/** Another disk or a stick that gets every copy too. */
export function SecondFolder({ folder }: { readonly folder: string | null }) {
  const [typed, setTyped] = useState(folder ?? '')
  const choose = useMutation({
    mutationFn: (chosen: string | null) => client.keeping.setFolder({ folder: chosen }),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    choose.mutate(typed.trim() === '' ? null : typed.trim())
  }
  return (
    <form onSubmit={submit}>
      <div className={styles.second}>
        <TextInput
          label="Second folder"
          description="On another disk or a stick of this laptop; its whole path. Empty: none."
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button submit disabled={choose.isPending || typed.trim() === (folder ?? '')}>
          Use this folder
        </Button>
      </div>
      <TroubleNote error={choose.error} what="Folder not chosen" />
    </form>
  )
}
