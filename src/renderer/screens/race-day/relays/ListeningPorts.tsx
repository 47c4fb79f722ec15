import { NumberInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client, type Outputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { useListeningPorts } from '../../../race-day-queries.ts'
import styles from './Relays.module.css'

type Port = Outputs['relays']['ports']['ports'][number]

const NAMES: Readonly<Record<Port['protocol'], string>> = {
  ctp01: 'ChronoTrack readers',
  mylaps: 'MYLAPS Timing & Scoring',
}

/** Where readers call this laptop: another port where a scoring program holds the usual one. */
export function ListeningPorts() {
  const found = useListeningPorts()
  return (
    <div className={styles.ports}>
      <h3>Readers call this laptop at</h3>
      <TroubleNote error={found.error} what="Ports not read" onRefetch={() => void found.refetch()} />
      {found.data?.map(port => (
        <PortForm key={`${port.protocol} ${port.chosen} ${port.port}`} door={port} />
      ))}
    </div>
  )
}

function PortForm({ door }: { readonly door: Port }) {
  const now = door.chosen ?? door.port
  const [typed, setTyped] = useState<number | string>(now ?? '')
  const save = useMutation({
    mutationFn: (port: number | null) => client.relays.setPort({ protocol: door.protocol, port }),
    onSettled: () => queries.invalidateQueries(),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate(typeof typed === 'number' ? typed : null)
  }
  return (
    <form onSubmit={submit}>
      <div className={styles.port}>
        <NumberInput
          label={`Port for ${NAMES[door.protocol]}`}
          description={
            door.port === null ? 'Not listening' : `Listening on ${door.port}. Empty: the usual one`
          }
          min={1}
          max={65_535}
          hideControls
          allowDecimal={false}
          value={typed}
          onChange={setTyped}
        />
        <Button submit disabled={save.isPending || typed === (now ?? '')}>
          Listen here
        </Button>
      </div>
      {door.message !== null && (
        <div role="status">
          <Note tone="bad">{door.message}</Note>
        </div>
      )}
      <TroubleNote error={save.error} what="Port not changed" onDismiss={save.reset} />
    </form>
  )
}
