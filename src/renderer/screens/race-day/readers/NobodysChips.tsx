import { FileInput, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { NOBODYS_CHIPS, type NobodysChip } from '../../../../core/model.ts'
import { client, type Outputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Note } from '../../../components/Note.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { useNobodysChips } from '../../../readers-queries.ts'
import { count, counted } from '../../../words/numbers.ts'
import tabs from '../DayTabs.module.css'
import { RefusedLines } from '../import/Imported.tsx'
import styles from './NobodysChips.module.css'

const KINDS: Readonly<Record<NobodysChip, string>> = {
  test: 'The crew’s test chip',
  ignored: 'Ignored: a pacer’s, a lead car’s',
}

/** As many as are drawn; the box above finds the others. */
const SHOWN = 300

/** Chips whose reads are nobody's on purpose. */
export function NobodysChips() {
  const chips = useNobodysChips()
  const [find, setFind] = useState('')
  const remove = useMutation({
    mutationFn: (chip: string) => client.timing.removeTestChip({ chip }),
    onSuccess: data => queries.setQueryData(['nobodys-chips'], data),
  })
  const entries = chips.data?.entries ?? []
  const found = entries.filter(({ chip, note }) =>
    `${chip} ${note ?? ''}`.toLowerCase().includes(find.trim().toLowerCase()),
  )
  return (
    <div className={styles.chips}>
      <Panel label="Nobody’s chips">
        <PanelTitle title="Nobody’s chips" aside={chips.data && counted(entries.length, 'chip')} />
        <div className={tabs.bar}>
          <TextInput
            size="xs"
            aria-label="Find a chip"
            placeholder="Chip or note"
            value={find}
            onChange={event => setFind(event.currentTarget.value)}
            autoComplete="off"
          />
          <span className="faint">Their reads are kept and belong to nobody.</span>
        </div>
        <TroubleNote error={chips.error} what="Chips not read" onRefetch={() => void chips.refetch()} />
        <TroubleNote error={remove.error} what="Not removed" onDismiss={remove.reset} />
        <Scroll>
          <table className={tabs.table} aria-label="Nobody’s chips">
            <thead>
              <tr>
                <th scope="col">Chip</th>
                <th scope="col">Kind</th>
                <th scope="col">Note</th>
                <th scope="col" aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN).map(({ chip, kind, note }) => (
                <tr key={chip}>
                  <td>
                    <b>{chip}</b>
                  </td>
                  <td>{KINDS[kind]}</td>
                  <td>{note}</td>
                  <td>
                    <div className={tabs.actions}>
                      <Button
                        small
                        aria-label={`Remove chip ${chip}`}
                        disabled={remove.isPending}
                        onClick={() => remove.mutate(chip)}
                      >
                        Remove
                      </Button>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {chips.isSuccess && found.length === 0 && (
            <p className={tabs.none}>{entries.length === 0 ? 'No chip in the list.' : 'None like this.'}</p>
          )}
          {found.length > SHOWN && (
            <p className={tabs.none}>and {count(found.length - SHOWN)} more: type part of one above</p>
          )}
        </Scroll>
      </Panel>
      <Panel label="Add chips">
        <Scroll>
          <AddChips />
        </Scroll>
      </Panel>
    </div>
  )
}

function AddChips() {
  const [text, setText] = useState('')
  const [kind, setKind] = useState<NobodysChip>('test')
  const [note, setNote] = useState('')
  const add = useMutation({
    mutationFn: () =>
      client.timing.addTestChips({ text, kind, note: note.trim() === '' ? null : note.trim() }),
    onSuccess: ({ chips, entries }) => {
      queries.setQueryData(['nobodys-chips'], { chips, entries })
      setText('')
    },
  })
  const fromFile = async (file: File | null): Promise<void> => {
    add.reset()
    if (file) setText(await file.text())
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text.trim() !== '' && !add.isPending) add.mutate()
  }
  return (
    <form className={styles.add} onSubmit={submit}>
      <PanelTitle title="Add chips" />
      <Textarea
        label="One in each row"
        description="Chip, then kind and note if you have them, with commas, semicolons or tabs"
        placeholder={'9573\n9574, ignored, lead car'}
        autosize
        minRows={5}
        maxRows={10}
        value={text}
        onChange={event => {
          add.reset()
          setText(event.currentTarget.value)
        }}
      />
      <FileInput
        label="Or a CSV file"
        placeholder="Fills the box above"
        accept=".csv,.tsv,.txt,text/*"
        onChange={file => void fromFile(file)}
      />
      <NativeSelect
        label="Kind of rows that do not say it"
        value={kind}
        onChange={event => setKind(NOBODYS_CHIPS.find(one => one === event.currentTarget.value) ?? kind)}
        data={NOBODYS_CHIPS.map(one => ({ value: one, label: KINDS[one] }))}
      />
      <TextInput
        label="Note of rows that have none"
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
        autoComplete="off"
      />
      <div>
        <Button kind="main" submit disabled={text.trim() === '' || add.isPending}>
          Add
        </Button>
      </div>
      <TroubleNote error={add.error} what="Not added" />
      {add.data && <Added result={add.data} />}
    </form>
  )
}

function Added({ result }: { readonly result: Outputs['timing']['addTestChips'] }) {
  const { added, changed, refused } = result
  return (
    <>
      <div role="status">
        <Note tone={refused.length > 0 ? 'warn' : 'good'}>
          <b>{count(added)} added</b>, {count(changed)} changed, {count(refused.length)} refused.
        </Note>
      </div>
      <RefusedLines lines={refused} all={refused.length} />
    </>
  )
}
