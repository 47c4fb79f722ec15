import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { PanelTitle } from '../../../components/Panel.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { type Called, CalledReader, type ToCall } from './CalledReader.tsx'
import styles from './Now.module.css'

const toCall = ({ name, host, port, location }: Called): ToCall => ({
  ...{ protocol: 'race-result', name, host, port, location },
})

/** RACE RESULT decoders, which Trackside calls. */
export function CalledReaders({ called }: { readonly called: readonly Called[] }) {
  const [editing, setEditing] = useState<Called | 'new' | null>(null)
  const set = useMutation({
    mutationFn: (readers: ToCall[]) => client.timing.setReaders({ readers }),
    onSuccess: () => {
      setEditing(null)
      void queries.invalidateQueries({ queryKey: ['readers-status'] })
    },
  })
  const without = (gone: Called): ToCall[] => called.filter(one => one !== gone).map(toCall)
  const save = (reader: ToCall): void => {
    const place = called.findIndex(one => editing !== 'new' && one.name === editing?.name)
    const list = called.map(toCall)
    set.mutate(place < 0 ? [...list, reader] : list.with(place, reader))
  }
  return (
    <section className={styles.section} aria-label="Readers to call">
      <PanelTitle title="RACE RESULT decoders that this laptop calls" />
      {called.length > 0 && (
        <table className={styles.table} aria-label="Readers to call">
          <tbody>
            {called.map(one => (
              <tr key={one.name}>
                <td style={{ width: 220 }}>
                  <b>{one.name}</b>
                  <small>
                    {one.host}:{one.port}
                    {one.location === null ? '' : ` · ${one.location}`}
                  </small>
                </td>
                <td>
                  <Tag tone={one.state === 'connected' ? 'good' : 'warn'}>{one.state}</Tag>
                  {one.message !== null && <small className="bad">{one.message}</small>}
                </td>
                <td>
                  <div className={styles.actions}>
                    <Button small aria-label={`Change ${one.name}`} onClick={() => setEditing(one)}>
                      Change…
                    </Button>
                    <Button
                      small
                      aria-label={`Remove ${one.name}`}
                      disabled={set.isPending}
                      onClick={() => set.mutate(without(one))}
                    >
                      Remove
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className={styles.add}>
        <Button small onClick={() => setEditing('new')}>
          Add a decoder…
        </Button>
      </div>
      {editing === null && <TroubleNote error={set.error} what="List not changed" onDismiss={set.reset} />}
      {editing !== null && (
        <CalledReader
          reader={editing === 'new' ? null : editing}
          error={set.error}
          pending={set.isPending}
          onSave={save}
          onClose={() => {
            set.reset()
            setEditing(null)
          }}
        />
      )}
    </section>
  )
}
