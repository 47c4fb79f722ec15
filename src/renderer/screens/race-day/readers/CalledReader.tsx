import { TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { ReadersStatus } from '../../../../api/readers.ts'
import type { Inputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import styles from './Now.module.css'

export type Called = ReadersStatus['called'][number]
export type ToCall = Inputs['timing']['setReaders']['readers'][number]

interface CalledReaderProps {
  /** Null: a new one. */
  readonly reader: Called | null
  readonly error: unknown
  readonly pending: boolean
  readonly onSave: (reader: ToCall) => void
  readonly onClose: () => void
}

/** Where RACE RESULT decoders listen. */
const USUAL_PORT = '3601'

/** One decoder to call: its name, where it is, and where it stands. */
export function CalledReader({ reader, error, pending, onSave, onClose }: CalledReaderProps) {
  const [name, setName] = useState(reader?.name ?? '')
  const [host, setHost] = useState(reader?.host ?? '')
  const [port, setPort] = useState(String(reader?.port ?? USUAL_PORT))
  const [location, setLocation] = useState(reader?.location ?? '')
  const portNumber = /^\d{1,5}$/.test(port.trim()) ? Number(port) : 0
  const badPort = portNumber < 1 || portNumber > 65_535
  const ready = name.trim() !== '' && host.trim() !== '' && !badPort
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!ready || pending) return
    onSave({
      ...{ protocol: 'race-result', name: name.trim(), host: host.trim(), port: portNumber },
      location: location.trim() === '' ? null : location.trim(),
    })
  }
  return (
    <Dialog title={reader === null ? 'Add a decoder' : `Change ${reader.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          placeholder="10K box"
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <div className={styles.two}>
          <TextInput
            label="Address"
            placeholder="192.168.1.40"
            value={host}
            onChange={event => setHost(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            label="Port"
            value={port}
            error={badPort ? '1 to 65535' : null}
            onChange={event => setPort(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <TextInput
          label="Location"
          description="Where it stands, unless it is placed elsewhere"
          placeholder="10K"
          value={location}
          onChange={event => setLocation(event.currentTarget.value)}
          autoComplete="off"
        />
        <TroubleNote error={error} what="List not changed" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!ready || pending}>
            {reader === null ? 'Add' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
