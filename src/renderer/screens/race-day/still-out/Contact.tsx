import { useMutation } from '@tanstack/react-query'
import type { StillOutPerson } from '../../../../api/still-out.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'

/** Phone and emergency contact of one person, when somebody asks for them. */
export function Contact({ person }: { readonly person: StillOutPerson }) {
  const look = useMutation({ mutationFn: () => client.stillOut.contact({ id: person.participantId }) })
  if (!person.hasContact) return <span className="faint">none known</span>
  if (look.data) {
    const { phone, emergencyContact } = look.data
    return (
      <>
        <b>{phone ?? 'no phone'}</b>
        {emergencyContact !== null && <small> · emergency: {emergencyContact}</small>}
      </>
    )
  }
  return (
    <>
      <Button
        small
        aria-label={`Contact of ${person.name}`}
        disabled={look.isPending}
        onClick={() => look.mutate()}
      >
        Show
      </Button>
      <TroubleNote error={look.error} what="Contact not read" onDismiss={look.reset} />
    </>
  )
}
