import { useEffect } from 'react'
import type { Conflict } from '../../../api/replication.ts'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useConflicts } from '../../replication-queries.ts'
import { useConflictsSeen } from '../../state/conflicts.ts'
import { conflictTitle, keptInWords, wordInWords } from '../../words/conflicts.ts'
import { useZone } from '../race-day/day.ts'
import styles from './Central.module.css'

/** All that two laptops decided apart, the last noticed first. */
export function Conflicts() {
  const found = useConflicts(null)
  const see = useConflictsSeen(state => state.see)
  const newest = found.data?.[0]?.noticedAt
  useEffect(() => {
    if (newest !== undefined) see(newest)
  }, [newest, see])
  if (found.data === undefined || found.data.length === 0)
    return (
      <TroubleNote error={found.error} what="Decisions not read" onRefetch={() => void found.refetch()} />
    )
  return (
    <section aria-label="Decided on two laptops" className={styles.conflicts}>
      <h3>Decided on two laptops, worth a look</h3>
      <p className="soft">Whatever is wrong, decide it again at the help desk.</p>
      <ul>
        {found.data.map(conflict => (
          <li key={keyOf(conflict)}>
            <OneConflict conflict={conflict} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const keyOf = ({ table, noticedAt, kept, lost }: Conflict): string =>
  [table, noticedAt, kept.participantId, kept.decidedAt, lost.participantId, lost.decidedAt].join(' ')

function OneConflict({ conflict }: { readonly conflict: Conflict }) {
  const now = useNow(60_000)
  const zone = useZone()
  const { kind, kept, lost, why, open } = conflict
  return (
    <>
      <p>
        <b>{conflictTitle(conflict)}</b>
      </p>
      <p>
        <span className="good">{keptInWords(conflict)}</span> {wordInWords(kept, kind, zone, now)}
      </p>
      <p>
        <span className="warn">{kind === 'bib' ? 'has no reads' : 'does not'}</span>{' '}
        {wordInWords(lost, kind, zone, now)}
      </p>
      <p className="faint">
        {why}
        {!open && ' Decided again since.'}
      </p>
    </>
  )
}

/** Of one person, beside what the crew decided. */
export function PersonConflicts({ participantId }: { readonly participantId: string }) {
  const found = useConflicts(participantId).data?.filter(({ open }) => open) ?? []
  return found.map(conflict => (
    <Note key={keyOf(conflict)}>
      <OneConflict conflict={conflict} />
    </Note>
  ))
}
