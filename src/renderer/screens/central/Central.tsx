import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHub } from '../../hub-queries.ts'
import { useHealth } from '../../queries.ts'
import { useReplication } from '../../replication-queries.ts'
import { SiteHub } from '../hub/SiteHub.tsx'
import styles from './Central.module.css'
import { Conflicts } from './Conflicts.tsx'
import { JoinForm } from './JoinForm.tsx'
import { PeerCard } from './PeerCard.tsx'

/** Whom this laptop is in step with: joined by a code, watched, left. */
export function Central({ onClose }: { readonly onClose: () => void }) {
  const [showsHub, showHub] = useState(false)
  /** Who has joined already rarely joins again: the field is asked for. */
  const [joins, setJoins] = useState(false)
  const hub = useHub().data
  const replication = useReplication()
  const role = useHealth().data?.you.role
  const manages = role === 'manager' || role === 'admin'
  const peers = replication.data?.peers ?? []
  if (showsHub) return <SiteHub onClose={onClose} />
  return (
    <Dialog title="Central database and hub" onClose={onClose} wide>
      <TroubleNote
        error={replication.error}
        what="State not read"
        onRefetch={() => void replication.refetch()}
      />
      {replication.data && peers.length === 0 && (
        <p role="status">
          This laptop {replication.data.words}. Connected to the central database, it sends them there and
          brings what the other laptops did. Without a network everything goes on here.
        </p>
      )}
      {peers.length > 0 && (
        <ul className={styles.peers} aria-label="Joined">
          {peers.map(peer => (
            <PeerCard key={peer.id} peer={peer} manages={manages} />
          ))}
        </ul>
      )}
      <Conflicts />
      {replication.data?.canJoin &&
        (manages ? (
          (joins || peers.length === 0) && <JoinForm onTried={() => setJoins(true)} />
        ) : (
          <p className="soft">Whom it joins, a manager decides.</p>
        ))}
      <DialogActions>
        {replication.data?.canJoin && manages && peers.length > 0 && !joins && (
          <Button onClick={() => setJoins(true)}>Enter a code…</Button>
        )}
        {hub?.canBe && (
          <Button onClick={() => showHub(true)}>
            {hub.on ? 'Hub of this laptop…' : 'Be the hub of a site…'}
          </Button>
        )}
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}
