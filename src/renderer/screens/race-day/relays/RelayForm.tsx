import { Checkbox, NumberInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RelayShown } from '../../../../api/relays.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { namesTyped } from '../../../words/relays.ts'

interface RelayFormProps {
  /** Null: a new one. */
  readonly relay: RelayShown | null
  /** Names in the list. */
  readonly taken: readonly string[]
  readonly onClose: () => void
}

/** ChronoTrack's port, where scoring programs listen. */
const USUAL_PORT = 61_611

/** Where a scoring program is, and what it gets. */
export function RelayForm({ relay, taken, onClose }: RelayFormProps) {
  const [name, setName] = useState(relay?.name ?? 'Scoring')
  const [host, setHost] = useState(relay?.host ?? '')
  const [port, setPort] = useState<number | string>(relay?.port ?? USUAL_PORT)
  const [locations, setLocations] = useState(relay?.locations.join(', ') ?? '')
  const [devices, setDevices] = useState(relay?.devices.join(', ') ?? '')
  const [files, setFiles] = useState(relay?.files ?? false)
  const [keyed, setKeyed] = useState(relay?.keyed ?? false)
  const twice = name.trim() !== relay?.name && taken.includes(name.trim())
  const whole = name.trim() !== '' && host.trim() !== '' && typeof port === 'number' && !twice
  const save = useMutation({
    mutationFn: () =>
      client.relays.put({
        ...(relay === null ? {} : { id: relay.id }),
        ...{ name: name.trim(), host: host.trim(), port: Number(port), on: relay?.on ?? true, files, keyed },
        ...{ devices: namesTyped(devices), locations: namesTyped(locations) },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['relays'] })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (whole) save.mutate()
  }
  return (
    <Dialog title={relay === null ? 'Hand reads on to' : `Change ${relay.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          error={twice ? 'In the list already' : null}
          onChange={event => setName(event.currentTarget.value)}
          autoComplete="off"
        />
        <TextInput
          label="Address of the scoring program"
          placeholder="192.168.1.20, or localhost for this laptop"
          value={host}
          onChange={event => setHost(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <NumberInput
          label="Its port for ChronoTrack"
          min={1}
          max={65_535}
          hideControls
          allowDecimal={false}
          value={port}
          onChange={setPort}
        />
        <TextInput
          label="Locations"
          description="As the readers name them, with commas between. Empty: all"
          placeholder="Start, Finish"
          value={locations}
          onChange={event => setLocations(event.currentTarget.value)}
          autoComplete="off"
        />
        <TextInput
          label="Readers"
          description="Their ids, with commas between. Empty: all"
          placeholder="0F2A38"
          value={devices}
          onChange={event => setDevices(event.currentTarget.value)}
          autoComplete="off"
        />
        <Checkbox
          mt="xs"
          label="Reads of imported files too"
          checked={files}
          onChange={event => setFiles(event.currentTarget.checked)}
        />
        <Checkbox
          mt="xs"
          label="Reads keyed by hand too, under their bib"
          checked={keyed}
          onChange={event => setKeyed(event.currentTarget.checked)}
        />
        {relay !== null && (
          <p className="soft">
            Another choice of reads begins a new stream: the scoring program gets them from the first.
          </p>
        )}
        <TroubleNote error={save.error} what="Not saved" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!whole || save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
