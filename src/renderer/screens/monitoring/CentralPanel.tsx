import { Facts } from '../../components/Facts.tsx'
import { Panel, Scroll } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useReplication } from '../../replication-queries.ts'
import { peerFacts, peerKind, peerState, peersInWords, peerTone } from '../../words/replication.ts'
import { sentence } from '../../words/trouble.ts'
import { OpenCentral } from '../central/OpenCentral.tsx'
import styles from './Monitoring.module.css'

/** Replication: what waits for whom, and how far behind each peer is. */
export function CentralPanel() {
  const now = useNow(1000)
  const replication = useReplication()
  const peers = replication.data?.peers ?? []
  return (
    <Panel
      title="Replication"
      // At its foot the button would take a line of the second peer's.
      aside={
        replication.data && (
          <>
            {peersInWords(peers)}{' '}
            <OpenCentral small words={peers.length === 0 ? 'Join…' : 'Central and hub…'} />
          </>
        )
      }
    >
      <TroubleNote
        error={replication.error}
        what="Replication not read"
        onRefetch={() => void replication.refetch()}
      />
      <Scroll>
        {replication.data && peers.length === 0 && (
          <p className={styles.none}>No central database: this laptop {replication.data.words}.</p>
        )}
        <ul className={styles.list}>
          {peers.map(peer => (
            <li key={peer.id}>
              <span className={styles.wrap}>
                <b>{peerKind(peer.kind)}</b> {peer.name}
              </span>
              <Tag tone={peerTone(peer.state)}>{peerState(peer.state)}</Tag>
              <div className={styles.whole}>
                {peer.message !== null && <p className={peerTone(peer.state)}>{sentence(peer.message)}</p>}
                <div className={styles.facts}>
                  <Facts facts={peerFacts(peer, now)} />
                </div>
              </div>
            </li>
          ))}
        </ul>
      </Scroll>
    </Panel>
  )
}
