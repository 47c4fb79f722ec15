import { FileInput, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Session } from '../../../../api/timing.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { formatOf, type ReadsFormat } from '../../../words/files.ts'
import { CsvPreview } from './CsvPreview.tsx'
import { type CsvSaid, columnsOf, useCsvPreview } from './csv-columns.ts'
import { Imported } from './Imported.tsx'

const FORMATS: readonly { readonly value: ReadsFormat; readonly label: string }[] = [
  { value: 'chronotrack-controller', label: 'ChronoTrack controller file' },
  { value: 'ctff01', label: 'CTFF01 (CT01_13 lines)' },
  { value: 'csv', label: 'CSV: say which column is what' },
]

/** As much of a file as tells what it is. */
const BEGINNING = 4096

/** Reads of a file into the session; lines that are already there are only counted. */
export function ImportFile({
  session,
  onClose,
}: {
  readonly session: Session
  readonly onClose: () => void
}) {
  const [file, setFile] = useState<File | null>(null)
  const [location, setLocation] = useState('')
  const [format, setFormat] = useState<ReadsFormat>('chronotrack-controller')
  const [said, setSaid] = useState<CsvSaid>({})
  const csv = format === 'csv'
  const preview = useCsvPreview(session.id, csv ? file : null, said, location.trim())
  const ready = file !== null && (!csv || (preview.data?.found?.reads ?? 0) > 0)
  const bring = useMutation({
    mutationFn: (chosen: File) =>
      client.timing.import({
        ...{ sessionId: session.id, format, file: chosen, fileName: chosen.name },
        ...(location.trim() === '' ? {} : { location: location.trim() }),
        ...(csv && preview.data ? { csvColumns: columnsOf(preview.data.places, said) } : {}),
      }),
  })
  const choose = async (chosen: File | null): Promise<void> => {
    bring.reset()
    setSaid({})
    if (chosen) setFormat(formatOf(await chosen.slice(0, BEGINNING).text()))
    setFile(chosen)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (file && ready) bring.mutate(file)
  }
  return (
    <Dialog title={`Import reads into ${session.sessionName}`} onClose={onClose} wide>
      <form onSubmit={submit}>
        <FileInput
          label="File"
          placeholder="Choose a controller’s file, or a CSV of reads"
          value={file}
          onChange={chosen => void choose(chosen)}
          accept=".csv,.tsv,.txt,.log,.mrk,text/*"
          data-autofocus
        />
        <NativeSelect
          label="Format"
          value={format}
          onChange={event => {
            bring.reset()
            setFormat(FORMATS.find(one => one.value === event.currentTarget.value)?.value ?? format)
          }}
          data={[...FORMATS]}
        />
        <TextInput
          label="Location"
          description={csv ? 'Of rows without one' : undefined}
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
        {csv && preview.data && (
          <CsvPreview
            preview={preview.data}
            said={said}
            onSay={next => {
              bring.reset()
              setSaid(next)
            }}
            done={bring.isSuccess}
          />
        )}
        {bring.isPending && <p role="status">Reading {file?.name}</p>}
        {bring.data && <Imported result={bring.data} />}
        <TroubleNote error={preview.error} what="File not read" />
        <TroubleNote error={bring.error} what="File not imported" />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button
            kind="main"
            submit
            disabled={!ready || preview.isPlaceholderData || bring.isPending || bring.isSuccess}
          >
            Import
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
