import { PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { queries } from '../../query.ts'
import { troubleOf } from '../../words/trouble.ts'
import styles from './Shell.module.css'

/** Where no keychain runs: the passphrase of the encrypted key file, asked for until it is given. */
export function UnlockKeys({ message }: { readonly message: string }) {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useMutation({
    mutationFn: () => client.system.unlockSecrets({ passphrase }),
    onSuccess: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    unlock.mutate()
  }
  return (
    <form className={styles.keys} aria-label="Unlock the keys" onSubmit={submit}>
      <p>{message}</p>
      <PasswordInput
        aria-label="Passphrase"
        placeholder="Passphrase"
        size="xs"
        autoComplete="off"
        value={passphrase}
        onChange={event => setPassphrase(event.currentTarget.value)}
      />
      <Button submit disabled={unlock.isPending || passphrase === ''}>
        Unlock
      </Button>
      {unlock.isError && <p role="alert">{troubleOf(unlock.error).message}</p>}
    </form>
  )
}
