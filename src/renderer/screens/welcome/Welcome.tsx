import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHealth } from '../../queries.ts'
import { useReplication } from '../../replication-queries.ts'
import { usePlace } from '../../state/place.ts'
import { OpenCentral } from '../central/OpenCentral.tsx'
import styles from './Welcome.module.css'

/** An app that holds nothing yet. */
export function Welcome() {
  const health = useHealth().data
  const replication = useReplication().data
  const add = usePlace(state => state.add)
  const practice = useMutation({
    mutationFn: () => client.system.startPractice(),
    onSuccess: ({ address }) => {
      if (address !== null) window.location.assign(address)
    },
  })
  return (
    <main className={styles.page}>
      <h1>Nothing here yet</h1>
      <p className="soft">No connection and no participants on this laptop.</p>
      <div className={styles.choices}>
        <section className={styles.choice} aria-label="Practice">
          <h2>Practice race</h2>
          <p className="soft">
            A whole race day with simulated providers and readers, kept apart from real data. Needs no network
            and no keys.
          </p>
          {health?.canPractice === false ? (
            <p>
              Run this on the laptop: <code>npm run practice</code>
            </p>
          ) : (
            <Button kind="main" disabled={practice.isPending || !health} onClick={() => practice.mutate()}>
              {practice.isPending ? 'Starting the practice race' : 'Practice race'}
            </Button>
          )}
          {practice.data?.address === null && <p role="status">The practice race opens in its own window.</p>}
          <TroubleNote error={practice.error} what="Practice race not started" />
        </section>
        <section className={styles.choice} aria-label="Connect">
          <h2>Connect for real</h2>
          <p className="soft">
            Ties a registration provider to a scoring provider. Needs the network once and the keys of both.
          </p>
          <Button kind="main" onClick={() => add(true)}>
            Connect for real
          </Button>
          {replication?.canJoin && (
            <>
              <p className="soft">
                You have a connection code, of the company’s central database or of a hub on this site? Join,
                and everything comes from there.
              </p>
              <OpenCentral words="Join by a code…" />
            </>
          )}
        </section>
      </div>
    </main>
  )
}
