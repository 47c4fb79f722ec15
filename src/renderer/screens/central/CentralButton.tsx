import { useState } from 'react'
import { useReplication } from '../../replication-queries.ts'
import { peerKind, peerTone } from '../../words/replication.ts'
import { Central } from './Central.tsx'

/** In the status bar: how far each peer is in step; opens what can be done about it. */
export function CentralButton() {
  const [open, setOpen] = useState(false)
  const status = useReplication().data
  if (status === undefined) return null
  const shown =
    status.peers.length === 0
      ? [{ name: 'Central', state: status.state, words: status.words }]
      : status.peers.map(({ kind, state, words }) => ({ name: peerKind(kind), state, words }))
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {shown.map(({ name, state, words }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two peers of one kind differ by their place only
          <span key={place}>
            {place > 0 && ' · '}
            {name} <b data-tone={peerTone(state)}>{words}</b>
          </span>
        ))}
      </button>
      {open && <Central onClose={() => setOpen(false)} />}
    </>
  )
}
