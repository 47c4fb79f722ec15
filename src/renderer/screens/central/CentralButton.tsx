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
      ? [{ name: 'Central', state: status.state, words: status.words, short: status.short }]
      : status.peers.map(({ kind, state, words, short }) => ({ name: peerKind(kind), state, words, short }))
  const twice = `${count(unseen)} decided twice`
  const whole = [...shown.map(({ name, words }) => `${name} ${words}`), ...(unseen > 0 ? [twice] : [])].join(
    ' · ',
  )
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={whole}
        title={whole}
        onClick={() => setShows(true)}
      >
        {shown.map(({ name, state, short }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two peers of one kind differ by their place only
          <span key={place}>
            {place > 0 && ' · '}
            {name} <b data-tone={peerTone(state)}>{short}</b>
          </span>
        ))}
        {unseen > 0 && (
          <>
            {' · '}
            <b data-tone="warn">{twice}</b>
          </>
        )}
      </button>
      {shows && <Central onClose={() => setShows(false)} />}
    </>
  )
}
