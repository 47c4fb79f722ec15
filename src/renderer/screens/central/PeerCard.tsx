import { useMutation } from '@tanstack/react-query'
import type { Peer } from '../../../api/replication.ts'
import { client } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
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
  const run = useMutation({ mutationFn: () => client.replication.run(), onSettled: again })
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
      <div className={styles.actions}>
        <Button small disabled={run.isPending} onClick={() => run.mutate()}>
          {run.isPending
            ? 'Trying'
            : peer.state === 'offline' || peer.state === 'blocked'
              ? 'Try now'
              : 'Sync now'}
        </Button>
        {manages && !peer.own && (
          <AskedButton
            small
            kind="quiet"
            words="Leave…"
            title={`Leave ${peer.name}?`}
            no="Stay"
            yes={`Leave ${peer.name}`}
            failed="Not left"
            onYes={async () => {
              await client.replication.leave({ id: peer.id })
              await queries.invalidateQueries()
            }}
          >
            <p>{leavingInWords(peer)}</p>
          </AskedButton>
        )}
      </div>
    </li>
  )
}
