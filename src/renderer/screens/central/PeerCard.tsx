import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Peer } from '../../../api/replication.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Note } from '../../components/Note.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { queries } from '../../query.ts'
import {
  leavingInWords,
  peerFacts,
  peerKind,
  peerState,
  peerTone,
  peerTrouble,
} from '../../words/replication.ts'
import styles from './Central.module.css'
import { NewAddress } from './NewAddress.tsx'

const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['replication'] })

export function PeerCard({ peer, manages }: { readonly peer: Peer; readonly manages: boolean }) {
  const now = useNow(1000)
  const [leaving, setLeaving] = useState(false)
  const run = useMutation({ mutationFn: () => client.replication.run(), onSettled: again })
  const leave = useMutation({
    mutationFn: () => client.replication.leave({ id: peer.id }),
    onSettled: () => queries.invalidateQueries(),
  })
  const kind = peerKind(peer.kind)
  return (
    <li className={styles.peer} aria-label={`${kind} ${peer.name}`}>
      <p className={styles.name}>
        <b>{kind}</b> {peer.name} <Tag tone={peerTone(peer.state)}>{peerState(peer.state)}</Tag>
      </p>
      {peer.message !== null && (
        <Note tone={peer.state === 'blocked' ? 'bad' : 'warn'}>
          {peerTrouble(peer)}
          {peer.code !== null && <small className="faint"> {peer.code}</small>}
        </Note>
      )}
      <div className={styles.facts}>
        <Facts facts={peerFacts(peer, now)} />
      </div>
      {manages && peer.kind === 'hub' && (peer.state === 'offline' || peer.state === 'blocked') && (
        <NewAddress peer={peer} />
      )}
      <TroubleNote error={run.error} what="Not tried" onDismiss={run.reset} />
      <TroubleNote error={leave.error} what="Not left" onDismiss={leave.reset} />
      {leaving ? (
        <Note
          tone="warn"
          actions={
            <>
              <Button small autoFocus onClick={() => setLeaving(false)}>
                Stay
              </Button>
              <Button small kind="danger" disabled={leave.isPending} onClick={() => leave.mutate()}>
                Leave {peer.name}
              </Button>
            </>
          }
        >
          {leavingInWords(peer)} To come back it takes another code.
        </Note>
      ) : (
        <div className={styles.actions}>
          <Button small disabled={run.isPending} onClick={() => run.mutate()}>
            {run.isPending
              ? 'Trying'
              : peer.state === 'offline' || peer.state === 'blocked'
                ? 'Try now'
                : 'Sync now'}
          </Button>
          {manages && !peer.own && (
            <Button small kind="quiet" onClick={() => setLeaving(true)}>
              Leave…
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
