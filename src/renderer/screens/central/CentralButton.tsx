import { useState } from 'react'
import { useConflicts, useReplication } from '../../replication-queries.ts'
import { useConflictsSeen } from '../../state/conflicts.ts'
import { count } from '../../words/numbers.ts'
import { peerKind, peerTone } from '../../words/replication.ts'
import { Central } from './Central.tsx'

/** In the status bar: how far each peer is in step; opens what can be done about it. */
export function CentralButton() {
  const [shows, setShows] = useState(false)
  const status = useReplication().data
  const conflicts = useConflicts(null).data ?? []
  const seenUntil = useConflictsSeen(state => state.seenUntil)
  const unseen = conflicts.filter(({ noticedAt, open }) => open && noticedAt > seenUntil).length
  if (status === undefined) return null
  const shown =
    status.peers.length === 0
      ? [{ name: 'Central', state: status.state, words: status.words }]
      : status.peers.map(({ kind, state, words }) => ({ name: peerKind(kind), state, words }))
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setShows(true)}>
        {shown.map(({ name, state, words }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two peers of one kind differ by their place only
          <span key={place}>
            {place > 0 && ' · '}
            {name} <b data-tone={peerTone(state)}>{words}</b>
          </span>
        ))}
        {unseen > 0 && (
          <>
            {' · '}
            <b data-tone="warn">{count(unseen)} decided twice</b>
          </>
        )}
      </button>
      {shows && <Central onClose={() => setShows(false)} />}
    </>
  )
}
