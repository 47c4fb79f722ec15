import { Checkbox, FileInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import { client, type Inputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import { separatorInWords } from '../../words/files.ts'
import { counted } from '../../words/numbers.ts'
import { ChipFileChanges } from './ChipFileChanges.tsx'
import { ChipFileSample } from './ChipFileSample.tsx'

/** What the crew says of the file; the engine guesses the rest. */
type Said = Pick<Inputs['desk']['previewChipFile'], 'header' | 'chipColumns' | 'bibColumn' | 'replace'>

/** The supplier's chips on bibs: what the file would change is said before it does. */
export function ChipFile({ raceDay, onClose }: { readonly raceDay: RaceDay; readonly onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const [said, setSaid] = useState<Said>({})
  const preview = useQuery({
    queryKey: ['chip-file', raceDay.id, file?.name, file?.size, file?.lastModified, said],
    queryFn: ({ signal }) =>
      client.desk.previewChipFile({ id: raceDay.id, ...(file ? { file } : {}), ...said }, { signal }),
    enabled: file !== null,
    placeholderData: previous => previous,
    gcTime: 0,
  })
  const bring = useMutation({
    mutationFn: (chosen: File) => client.desk.importChipFile({ id: raceDay.id, file: chosen, ...said }),
    onSuccess: () => {
      for (const key of ['person', 'search', 'unlinked', 'reads'])
        void queries.invalidateQueries({ queryKey: [key] })
    },
  })
  const read = file === null ? null : (preview.data ?? null)
  const changes = read?.changes ?? null
  const something = changes !== null && changes.added + changes.moved + changes.removed > 0
  const say = (more: Said): void => {
    bring.reset()
    setSaid(before => ({ ...before, ...more }))
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (file && something) bring.mutate(file)
  }
  return (
    <Dialog title={`Chip file for ${raceDay.name}`} onClose={onClose} wide>
      <form onSubmit={submit}>
        <FileInput
          label="File"
          description="CSV or text with commas, semicolons or tabs, as the supplier sent it"
          placeholder="Choose the supplier’s file"
          value={file}
          onChange={chosen => {
            bring.reset()
            setSaid({})
            setFile(chosen)
          }}
          accept=".csv,.tsv,.txt,text/*"
          data-autofocus
        />
        {read && (
          <>
            <p className="faint">
              {counted(read.rows, 'row')} · {separatorInWords(read.delimiter)} · {read.encoding}
            </p>
            <ChipFileSample
              read={read}
              onColumns={(chipColumns, bibColumn) =>
                say({ chipColumns, ...(bibColumn === null ? {} : { bibColumn }) })
              }
            />
            <Checkbox
              label="The first row names the columns"
              checked={read.header}
              onChange={event => say({ header: event.currentTarget.checked })}
            />
            <Checkbox
              label="Replace: chips that are not in the file are on no bib any more"
              checked={said.replace === true}
              onChange={event => say({ replace: event.currentTarget.checked })}
            />
            {bring.data?.changes ? (
              <ChipFileChanges changes={bring.data.changes} done />
            ) : changes === null ? (
              <Note>Say above which column is the chip and which the bib.</Note>
            ) : (
              <ChipFileChanges changes={changes} done={false} />
            )}
          </>
        )}
        <TroubleNote error={preview.error} what="File not read" />
        <TroubleNote error={bring.error} what="Chips not imported" />
        <DialogActions>
          <Button onClick={onClose}>{bring.isSuccess ? 'Close' : 'Cancel'}</Button>
          <Button
            kind="main"
            submit
            disabled={!something || preview.isPlaceholderData || bring.isPending || bring.isSuccess}
          >
            {said.replace ? 'Replace chips' : 'Add chips'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
