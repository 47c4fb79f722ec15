import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import type { Preview } from '../../../api/sync.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useProviders } from '../../queries.ts'
import { isAnswer, queries } from '../../query.ts'
import { usePlace } from '../../state/place.ts'
import { syncNow } from '../../sync-now.ts'
import { confirmedHere } from '../../words/connections.ts'
import { fieldLabel, valueInWords } from '../../words/fields.ts'
import { count, counted } from '../../words/numbers.ts'
import styles from './ConnectionDetail.module.css'

const PARTS = ['added', 'changed', 'gone', 'conflicting', 'refused'] as const
type Part = (typeof PARTS)[number]

/** What a run would do, before it does it. */
export function PreviewTab({ connection }: { readonly connection: Connection }) {
  const stop = useRef<AbortController | null>(null)
  const openConnection = usePlace(state => state.openConnection)
  const preview = useMutation({
    mutationFn: () => {
      stop.current = new AbortController()
      return client.sync.preview({ connectionId: connection.id }, { signal: stop.current.signal })
    },
  })
  const run = useMutation({
    mutationFn: () => syncNow({ connectionId: connection.id }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['connections'] })
      openConnection(connection.id, 'overview')
    },
  })
  const progress = useQuery({
    queryKey: ['preview-progress', connection.id],
    queryFn: ({ signal }) => client.sync.previewProgress({ connectionId: connection.id }, { signal }),
    enabled: preview.isPending,
    refetchInterval: 500,
    gcTime: 0,
    select: data => data.progress,
  }).data
  const providers = useProviders().data ?? []
  const target = providers.find(provider => provider.id === connection.targetProvider)
  const labelOf = (field: string): string =>
    target?.fields.find(one => one.name === field)?.label ?? fieldLabel(field)
  const cancelled = preview.isError && !isAnswer(preview.error) && stop.current?.signal.aborted === true
  const busy = connection.running !== null
  const held =
    preview.data?.inferred === true &&
    !connection.inferredAllowed &&
    confirmedHere(connection, 'target', 'push') === null
  return (
    <>
      <div className={styles.body}>
        <div className={styles.actions}>
          <Button
            kind={preview.data ? 'plain' : 'main'}
            disabled={preview.isPending}
            onClick={() => preview.mutate()}
          >
            {preview.data ? 'Preview again' : 'Preview'}
          </Button>
          {preview.isPending && <Button onClick={() => stop.current?.abort()}>Cancel</Button>}
          <span className="soft" role="status">
            {preview.isPending
              ? progress
                ? `${progress.step}, ${counted(progress.fetched, 'person', 'people')} and ${counted(progress.calls, 'call')} so far`
                : 'Asking the provider what changed'
              : preview.data
                ? `${counted(preview.data.calls, 'call')} made, nothing changed yet`
                : 'Shows what a run would change, on the same path, without doing it.'}
          </span>
        </div>
        {preview.isPending && <ProgressLine label="Preview" done={0} total={null} />}
        {cancelled ? (
          <Note tone="info">Preview cancelled.</Note>
        ) : (
          <TroubleNote error={preview.error} what="No preview" onRetry={() => preview.mutate()} />
        )}
        {preview.data && <Found preview={preview.data} labelOf={labelOf} />}
      </div>
      {preview.data && (
        <div className={styles.foot}>
          {held && (
            <span className="warn">
              The push is not allowed: a run stops before it and offers the import file.
            </span>
          )}
          <TroubleNote error={run.error} what="Not started" />
          <div className={styles.push}>
            <Button kind="main" disabled={busy || run.isPending} onClick={() => run.mutate()}>
              {busy ? 'Already running' : 'Run it'}
            </Button>
          </div>
        </div>
      )}
    </>
  )
}

interface FoundProps {
  readonly preview: Preview
  /** The target's fields in words. */
  readonly labelOf: (field: string) => string
}

function Found({ preview, labelOf }: FoundProps) {
  const [chosen, setChosen] = useState<Part | null>(null)
  const part = chosen ?? PARTS.find(one => preview[one].count > 0) ?? 'added'
  return (
    <>
      <div className={styles.tiles}>
        {PARTS.map(one => (
          <button key={one} type="button" aria-pressed={one === part} onClick={() => setChosen(one)}>
            <b>{count(preview[one].count)}</b>
            <small>{one}</small>
          </button>
        ))}
      </div>
      <p className="soft">{counted(preview.unchanged, 'person', 'people')} unchanged.</p>
      <Rows preview={preview} part={part} labelOf={labelOf} />
    </>
  )
}

interface Line {
  readonly participantId: string
  readonly name: string
  readonly bibNumber: string | null
  readonly eventName: string
  readonly what: string
}

function linesOf(preview: Preview, part: Part, labelOf: FoundProps['labelOf']): readonly Line[] {
  switch (part) {
    case 'added':
      return preview.added.rows.map(row => ({ ...row, what: 'new' }))
    case 'gone':
      return preview.gone.rows.map(row => ({ ...row, what: 'no longer at the source; stays here as gone' }))
    case 'changed':
      return preview.changed.rows.map(row => ({
        ...row,
        what: row.changes
          .map(
            change => `${labelOf(change.field)}: ${valueInWords(change.old)} → ${valueInWords(change.new)}`,
          )
          .join('; '),
      }))
    case 'conflicting':
      return preview.conflicting.rows.map(row => ({ ...row, what: row.message }))
    case 'refused':
      return preview.refused.rows.map(row => ({ ...row, what: `${row.message} (${row.code})` }))
  }
}

function Rows({ preview, part, labelOf }: FoundProps & { readonly part: Part }) {
  const lines = linesOf(preview, part, labelOf)
  const whole = preview[part].count
  if (whole === 0) return <p className="faint">None {part}.</p>
  return (
    <div className={styles.table}>
      <table className={styles.previewRows} aria-label={`Preview: ${part}`}>
        <thead>
          <tr>
            <th scope="col">Bib</th>
            <th scope="col">Name</th>
            <th scope="col">Event</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one person may be refused twice
            <tr key={`${line.participantId} ${place}`}>
              <td>
                <b>{line.bibNumber ?? '—'}</b>
              </td>
              <td className={styles.wrap}>{line.name}</td>
              <td className={styles.wrap}>{line.eventName}</td>
              <td className={styles.wrap}>{line.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {whole > lines.length && (
        <p className="faint">
          The first {count(lines.length)} of {count(whole)}.
        </p>
      )}
    </div>
  )
}
