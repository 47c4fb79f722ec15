import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ClosingFacts, FilePiece } from '../../../../api/closing.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { DialogActions } from '../../../components/Dialog.tsx'
import { ProgressLine } from '../../../components/ProgressLine.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { download } from '../../../download.ts'
import { counted } from '../../../words/numbers.ts'

type SessionFacts = ClosingFacts['sessions'][number]

/** Times of everybody, and every read with its link, as CSV. */
export function ExportRace({
  raceDayId,
  sessions,
}: {
  readonly raceDayId: string
  readonly sessions: readonly SessionFacts[]
}) {
  const times = useMutation({
    mutationFn: () => client.closing.resultsFile({ id: raceDayId }),
    onSuccess: file => download(file.fileName, file.mediaType, [file.text]),
  })
  return (
    <>
      <DialogActions>
        <Button disabled={times.isPending} onClick={() => times.mutate()}>
          {times.isPending ? 'Making the times' : 'Export times (CSV)'}
        </Button>
        {sessions.map(session => (
          <ExportReads key={session.id} session={session} named={sessions.length > 1} />
        ))}
      </DialogActions>
      {times.data && (
        <p role="status" className="soft">
          {times.data.fileName}: {counted(times.data.rows, 'person', 'people')}
        </p>
      )}
      <TroubleNote error={times.error} what="Times not exported" onDismiss={times.reset} />
    </>
  )
}

function ExportReads({ session, named }: { readonly session: SessionFacts; readonly named: boolean }) {
  const [done, setDone] = useState(0)
  const stop = useRef<AbortController | null>(null)
  const reads = useMutation({
    mutationFn: async () => {
      const stopping = new AbortController()
      stop.current = stopping
      setDone(0)
      const pieces: string[] = []
      let rows = 0
      let piece: FilePiece | null = null
      do {
        const after: number = piece?.next ?? 0
        piece = await client.closing.readsFile({ id: session.id, after }, { signal: stopping.signal })
        pieces.push(piece.text)
        rows += piece.rows
        setDone(rows)
      } while (piece.next !== null)
      download(piece.fileName, piece.mediaType, pieces)
      return { fileName: piece.fileName, rows }
    },
  })
  if (reads.isPending) {
    return (
      <>
        <ProgressLine label="Reads exported" done={done} total={session.reads} />
        <Button onClick={() => stop.current?.abort()}>Stop at {counted(done, 'read')}</Button>
      </>
    )
  }
  const stopped = stop.current?.signal.aborted === true
  return (
    <>
      <Button onClick={() => reads.mutate()}>
        Export reads (CSV){named ? ` of ${session.sessionName}` : ''}
      </Button>
      {reads.data && (
        <span role="status" className="soft">
          {reads.data.fileName}: {counted(reads.data.rows, 'read')}
        </span>
      )}
      <TroubleNote
        error={stopped ? null : reads.error}
        what="Reads not exported"
        onRetry={() => reads.mutate()}
        onDismiss={reads.reset}
      />
    </>
  )
}
