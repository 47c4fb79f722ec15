import { FileInput, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Session } from '../../../api/timing.ts'
import { client, type Inputs, type Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { count, counted } from '../../words/numbers.ts'
import styles from './ImportFile.module.css'

type Format = NonNullable<Inputs['timing']['import']['format']>

const FORMATS: readonly { readonly value: Format; readonly label: string }[] = [
  { value: 'chronotrack-controller', label: 'ChronoTrack controller file' },
  { value: 'ctff01', label: 'CTFF01 (CT01_13 lines)' },
]

/** A box's own file into the session; lines that are already there are only counted. */
export function ImportFile({
  session,
  onClose,
}: {
  readonly session: Session
  readonly onClose: () => void
}) {
  const [file, setFile] = useState<File | null>(null)
  const [location, setLocation] = useState('')
  const [format, setFormat] = useState<Format>('chronotrack-controller')
  const bring = useMutation({
    mutationFn: async (chosen: File) =>
      client.timing.import({
        sessionId: session.id,
        format,
        text: await chosen.text(),
        fileName: chosen.name,
        ...(location.trim() === '' ? {} : { location: location.trim() }),
      }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (file) bring.mutate(file)
  }
  return (
    <Dialog title={`Import reads into ${session.sessionName}`} onClose={onClose} wide>
      <form onSubmit={submit}>
        <FileInput
          label="File"
          placeholder="Choose a controller's file"
          value={file}
          onChange={setFile}
          accept=".csv,.txt,.log,.mrk,text/*"
          data-autofocus
        />
        <TextInput
          label="Location"
          placeholder="Finish"
          list="import-locations"
          value={location}
          onChange={event => setLocation(event.currentTarget.value)}
        />
        <datalist id="import-locations">
          {session.locations.map(one => (
            <option key={one.id} value={one.locationName} />
          ))}
        </datalist>
        <NativeSelect
          label="Format"
          value={format}
          onChange={event => setFormat(event.currentTarget.value as Format)}
          data={[...FORMATS]}
        />
        {bring.isPending && <p role="status">Reading {file?.name}</p>}
        {bring.data && <Result result={bring.data} />}
        <TroubleNote error={bring.error} what="File not imported" />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button kind="main" submit disabled={file === null || bring.isPending}>
            Import
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function Result({ result }: { readonly result: Outputs['timing']['import'] }) {
  return (
    <>
      <div role="status">
        <Note tone={result.refusedCount > 0 ? 'warn' : 'good'}>
          <b>{counted(result.lines, 'line')}</b>: {count(result.new)} new, {count(result.redelivered)} already
          here, {count(result.refusedCount)} refused.
        </Note>
      </div>
      {result.refused.length > 0 && (
        <div className={styles.refused}>
          <table aria-label="Refused lines">
            <thead>
              <tr>
                <th>Line</th>
                <th>Why</th>
                <th>Text</th>
              </tr>
            </thead>
            <tbody>
              {result.refused.map(line => (
                <tr key={line.line}>
                  <td>{count(line.line)}</td>
                  <td>{line.reason}</td>
                  <td className={styles.text}>{line.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {result.refusedCount > result.refused.length && (
            <p className="faint">and {count(result.refusedCount - result.refused.length)} more</p>
          )}
        </div>
      )}
    </>
  )
}
