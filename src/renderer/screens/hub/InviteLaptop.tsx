import { Autocomplete, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import { USUAL_ROLES } from '../../words/hub.ts'
import styles from './SiteHub.module.css'

/** A code for one more laptop. It is shown until the next one, and nowhere kept. */
export function InviteLaptop({ port }: { readonly port: number | null }) {
  const [role, setRole] = useState('')
  const invite = useMutation({
    mutationFn: (chosen: string) => client.hub.invite({ role: chosen }),
    onSuccess: () => {
      setRole('')
      return queries.invalidateQueries({ queryKey: ['hub'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (role.trim() !== '' && !invite.isPending) invite.mutate(role.trim())
  }
  return (
    <>
      <form onSubmit={submit} className={styles.invite}>
        <Autocomplete
          label="A code for another laptop"
          description="What it is on this site"
          placeholder="Help desk"
          data={[...USUAL_ROLES]}
          value={role}
          onChange={setRole}
          maxLength={60}
        />
        <Button submit disabled={role.trim() === '' || invite.isPending}>
          Give out a code
        </Button>
      </form>
      <TroubleNote error={invite.error} what="No code made" />
      {invite.data && (
        <div role="status">
          <Textarea
            // Selected, to be copied; another code is another field.
            key={invite.data.code}
            autoFocus
            label={`Code for ${invite.data.role}, once`}
            description="On that laptop: Connections, Central and hub. Whoever has it first gets in."
            value={invite.data.code}
            readOnly
            autosize
            minRows={2}
            maxRows={6}
            onFocus={event => event.currentTarget.select()}
            classNames={{ input: styles.code ?? '' }}
            spellCheck={false}
          />
          <p className={`soft ${styles.hint}`}>
            If it does not find this laptop: both on the same network? Does the firewall here let port {port}{' '}
            in? A guest wireless keeps laptops apart.
          </p>
        </div>
      )}
    </>
  )
}
