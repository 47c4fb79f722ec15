import { useMutation } from '@tanstack/react-query'
import type { Look } from '../../../api/sync.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useOperation } from '../../queries.ts'
import { queries } from '../../query.ts'
import { takingOver } from '../../sync-now.ts'
import { count } from '../../words/numbers.ts'
import { sentence } from '../../words/trouble.ts'
import styles from './ConnectionDetail.module.css'

/** A run that would change too much so shortly before a start: what it would do, and the decision. */
export function NeedsALook({ operationId }: { readonly operationId: string }) {
  const operation = useOperation(operationId)
  const again = (): Promise<void> => queries.invalidateQueries()
  const goOn = useMutation({
    mutationFn: () => takingOver(anyway => client.sync.goOn({ id: operationId, anyway })),
    onSettled: again,
  })
  const cancel = useMutation({ mutationFn: () => client.sync.cancel({ id: operationId }), onSettled: again })
  if (!operation.data)
    return (
      <TroubleNote error={operation.error} what="Run not read" onRefetch={() => void operation.refetch()} />
    )
  const { looks, errorMessage } = operation.data
  const open = looks.filter(look => look.decision === null)
  if (open.length === 0) return null
  const busy = goOn.isPending || cancel.isPending
  return (
    <section className={styles.section} aria-label="Needs a look">
      <Note
        actions={
          <>
            <Button small kind="main" disabled={busy} onClick={() => goOn.mutate()}>
              Go on
            </Button>
            <Button small disabled={busy} onClick={() => cancel.mutate()}>
              Cancel this run
            </Button>
          </>
        }
      >
        <b>Needs a look.</b> {sentence(errorMessage ?? '')}
      </Note>
      <TroubleNote error={goOn.error ?? cancel.error} what="Not decided" />
      {open.map(look => (
        <Changes key={look.id} look={look} />
      ))}
    </section>
  )
}

function Changes({ look }: { readonly look: Look }) {
  const rows = [
    ...look.bibs.rows.map(row => ({ ...row, what: `bib ${row.bib ?? 'none'} → ${row.newBib ?? 'none'}` })),
    ...look.gone.rows.map(row => ({ ...row, what: 'gone' })),
  ]
  const whole = look.bibs.count + look.gone.count
  const where = look.stage === 'push' ? 'at the scoring provider' : 'here'
  return (
    <div className={styles.table}>
      <table aria-label={`${look.eventName}: what would change ${where}`}>
        <thead>
          <tr>
            <th scope="col">Bib</th>
            <th scope="col">{look.eventName}</th>
            <th scope="col">Would be {where}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={`${row.participantId} ${row.what}`}>
              <td>
                <b>{row.bib ?? '—'}</b>
              </td>
              <td className={styles.wrap}>{row.name}</td>
              <td className={styles.wrap}>{row.what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {whole > rows.length && (
        <p className="faint">
          The first {count(rows.length)} of {count(whole)}.
        </p>
      )}
    </div>
  )
}
