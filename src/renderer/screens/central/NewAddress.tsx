import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Peer } from '../../../api/replication.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import styles from './Central.module.css'

/** A hub that moved to another router is found again without another code. */
export function NewAddress({ peer }: { readonly peer: Peer }) {
  const [address, setAddress] = useState('')
  const reach = useMutation({
    mutationFn: () => client.replication.reach({ id: peer.id, address: address.trim() }),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (address.trim() !== '' && !reach.isPending) reach.mutate()
  }
  return (
    <>
      <form onSubmit={submit} className={styles.line}>
        <TextInput
          label="It has another address?"
          description="As it stands on the hub. Its certificate is checked as before."
          placeholder="192.168.1.20"
          value={address}
          onChange={event => setAddress(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button submit disabled={address.trim() === '' || reach.isPending}>
          {reach.isPending ? 'Trying' : 'Try there'}
        </Button>
      </form>
      <TroubleNote error={reach.error} what="Not found there" onDismiss={reach.reset} />
    </>
  )
}
