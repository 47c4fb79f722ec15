import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { RelayShown } from '../../../../api/relays.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { useRelays } from '../../../race-day-queries.ts'
import { counted } from '../../../words/numbers.ts'
import { relayChoice, relayCounts, relayState } from '../../../words/relays.ts'
import { ListeningPorts } from './ListeningPorts.tsx'
import { RelayForm } from './RelayForm.tsx'
import styles from './Relays.module.css'

const readAgain = () => queries.invalidateQueries({ queryKey: ['relays'] })

/** Scoring programs that reads are handed on to, and the ports at which readers call this laptop. */
export function Relays({ onClose }: { readonly onClose: () => void }) {
  const found = useRelays()
  const [editing, setEditing] = useState<RelayShown | 'new' | null>(null)
  const relays = found.data ?? []
  if (editing !== null) {
    return (
      <RelayForm
        relay={editing === 'new' ? null : editing}
        taken={relays.map(({ name }) => name)}
        onClose={() => setEditing(null)}
      />
    )
  }
  return (
    <Dialog title="Hand reads on" onClose={onClose} wide>
      <p>
        Readers call this laptop, and Trackside calls the scoring program as a ChronoTrack reader would
        (CTP01). What it misses while it is away waits in the journal.
      </p>
      <TroubleNote error={found.error} what="Relays not read" onRefetch={() => void found.refetch()} />
      {found.isSuccess && relays.length === 0 && <p role="status">Reads are handed on to nobody.</p>}
      <ul className={styles.list} aria-label="Scoring programs">
        {relays.map(relay => (
          <RelayLine key={relay.id} relay={relay} onEdit={() => setEditing(relay)} />
        ))}
      </ul>
      <ListeningPorts />
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button kind="main" onClick={() => setEditing('new')} data-autofocus>
          Add scoring program
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function RelayLine({ relay, onEdit }: { readonly relay: RelayShown; readonly onEdit: () => void }) {
  const [asking, setAsking] = useState(false)
  const { id, name, host, port, protocol, on, devices, locations, files, keyed } = relay
  const turn = useMutation({
    mutationFn: () =>
      client.relays.put({ id, name, host, port, protocol, devices, locations, files, keyed, on: !on }),
    onSettled: readAgain,
  })
  const remove = useMutation({ mutationFn: () => client.relays.remove({ id }), onSettled: readAgain })
  const state = relayState(relay)
  return (
    <li className={styles.relay}>
      <div className={styles.head}>
        <b>{name}</b>
        <code>
          {host}:{port}
        </code>
        <Tag tone={state.tone}>{state.words}</Tag>
        {relay.program !== null && <small className="soft">{relay.program}</small>}
      </div>
      {on && <div role="status">{relayCounts(relay)}</div>}
      {relay.message !== null && <div className={state.tone}>{relay.message}</div>}
      <small className="soft">
        Hands on {relayChoice(relay)}
        {relay.lastStart !== null && ` · last asked: ${relay.lastStart}`}
      </small>
      <Left left={relay.left} />
      <div className={styles.actions}>
        <Button
          small
          aria-label={`Turn ${name} ${on ? 'off' : 'on'}`}
          disabled={turn.isPending}
          onClick={() => turn.mutate()}
        >
          {on ? 'Turn off' : 'Turn on'}
        </Button>
        <Button small aria-label={`Change ${name}`} onClick={onEdit}>
          Change…
        </Button>
        {asking ? (
          <>
            <Button small kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
              Yes, remove {name}
            </Button>
            <Button small kind="quiet" onClick={() => setAsking(false)}>
              Keep
            </Button>
          </>
        ) : (
          <Button small kind="quiet" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
            Remove…
          </Button>
        )}
      </div>
      <TroubleNote error={turn.error} what="Not changed" onDismiss={turn.reset} />
      <TroubleNote error={remove.error} what="Not removed" onDismiss={remove.reset} />
    </li>
  )
}

function Left({ left }: { readonly left: RelayShown['left'] }) {
  if (left.length === 0) return null
  const all = left.reduce((sum, { reads }) => sum + reads, 0)
  return (
    <details>
      <summary>{counted(all, 'read')} not handed on</summary>
      <table aria-label="Reads not handed on">
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col" className="number">
              Reads
            </th>
            <th scope="col">The last</th>
          </tr>
        </thead>
        <tbody>
          {left.map(({ reason, reads, examples }) => (
            <tr key={reason}>
              <td>{reason}</td>
              <td className="number">{reads}</td>
              <td>
                {examples.map(one => (
                  <div key={one.id}>
                    {one.chip ?? one.device} at {one.location}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
