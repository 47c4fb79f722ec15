import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import type { Reconciliation, ReconciliationFinding } from '../../../api/reconciliation.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useProviders } from '../../queries.ts'
import { queries } from '../../query.ts'
import { useReconciliation } from '../../reconciliation-queries.ts'
import { takingOver } from '../../sync-now.ts'
import { outcomeInWords, providerName, waitingInWords } from '../../words/connections.ts'
import { fieldLabel } from '../../words/fields.ts'
import { count, counted, listed } from '../../words/numbers.ts'
import { discrepancy, kindLabels, totalsInWords } from '../../words/reconciliation.ts'
import { ago } from '../../words/time.ts'
import { sentence } from '../../words/trouble.ts'
import styles from './ConnectionDetail.module.css'
import { Findings } from './Findings.tsx'
import { NeedsALook } from './NeedsALook.tsx'
import { ReconciledEvents } from './ReconciledEvents.tsx'

type Kind = ReconciliationFinding['kind']

const KINDS = ['differs', 'only-here', 'gone-here', 'only-there'] as const

const foundOf = (of: Reconciliation): Readonly<Record<Kind, number>> => ({
  differs: of.differing,
  'only-here': of.onlyInSource,
  'gone-here': of.goneInSource,
  'only-there': of.onlyInTarget,
})

/** What scoring really holds beside what it should hold, and the way to bring it into line. */
export function ReconciliationTab({ connection }: { readonly connection: Connection }) {
  const last = useReconciliation(connection.id)
  const providers = useProviders().data ?? []
  const target = providerName(providers, connection.targetProvider)
  const fields = providers.find(provider => provider.id === connection.targetProvider)?.fields ?? []
  const labelOf = (name: string): string =>
    fields.find(field => field.name === name)?.label ?? fieldLabel(name)
  if (!last.data)
    return (
      <div className={styles.body}>
        <TroubleNote
          error={last.error}
          what="Reconciliation not read"
          onRefetch={() => void last.refetch()}
        />
      </div>
    )
  return (
    <div className={styles.body}>
      <Actions of={last.data} target={target} />
      {last.data.readAt !== null && <Found of={last.data} target={target} labelOf={labelOf} />}
    </div>
  )
}

const isUnderWay = ({ operation }: Reconciliation): boolean =>
  operation?.status === 'pending' || operation?.status === 'running' || operation?.status === 'waiting'

function Actions({ of, target }: { readonly of: Reconciliation; readonly target: string }) {
  const now = useNow(1000)
  const { connectionId, operation, toRepair } = of
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['reconciliation', connectionId] })
  const run = useMutation({
    mutationFn: () => takingOver(anyway => client.reconciliation.run({ connectionId, wait: false, anyway })),
    onSettled: again,
  })
  const repair = useMutation({
    mutationFn: () => takingOver(anyway => client.reconciliation.repair({ connectionId, anyway })),
    onSettled: again,
  })
  const cancel = useMutation({
    mutationFn: (id: string) => client.sync.cancel({ id }),
    onSettled: again,
  })
  const underWay = isUnderWay(of)
  const busy = underWay || run.isPending || repair.isPending
  return (
    <>
      <div className={styles.actions}>
        <Button kind={toRepair > 0 ? 'plain' : 'main'} disabled={busy} onClick={() => run.mutate()}>
          Reconcile now
        </Button>
        {toRepair > 0 && (
          <Button kind="main" disabled={busy} onClick={() => repair.mutate()}>
            {`Repair ${counted(toRepair, 'person', 'people')}`}
          </Button>
        )}
        {underWay && operation && (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate(operation.id)}>
            Cancel
          </Button>
        )}
        <span className="soft" role="status">
          {stateInWords(of, target, now)}
        </span>
      </div>
      {underWay && operation && (
        <ProgressLine
          label="Reconciliation"
          done={operation.processedRecords}
          total={operation.totalRecords}
        />
      )}
      {operation?.status === 'needs-a-look' && <NeedsALook operationId={operation.id} />}
      {(operation?.status === 'failed' || operation?.status === 'held') && (
        <Note tone={operation.status === 'failed' ? 'bad' : 'warn'}>
          <b>{operation.status === 'failed' ? 'It failed.' : 'held:'}</b>{' '}
          {sentence(operation.errorMessage ?? '')}
        </Note>
      )}
      <TroubleNote error={run.error} what="Not reconciled" onDismiss={run.reset} />
      <TroubleNote error={repair.error} what="Not repaired" onDismiss={repair.reset} />
      <TroubleNote error={cancel.error} what="Not cancelled" onDismiss={cancel.reset} />
    </>
  )
}

function stateInWords({ operation, readAt }: Reconciliation, target: string, now: number): string {
  if (operation?.status === 'waiting') return waitingInWords(operation, now)
  if (operation?.status === 'pending') return 'Waits its turn'
  if (operation?.status === 'running') return operation.step ?? 'Starting'
  if (readAt === null)
    return `Reads ${target} back and compares it with the people here. Nothing is sent. By itself once a day.`
  const read = `Read back ${ago(readAt, now)}.`
  return operation?.operationType === 'participants' && operation.status === 'completed'
    ? `${read} Repair: ${outcomeInWords(operation)}. Reconcile again to see that it is there.`
    : read
}

interface FoundProps {
  readonly of: Reconciliation
  readonly target: string
  readonly labelOf: (field: string) => string
}

function Found({ of, target, labelOf }: FoundProps) {
  const [chosen, setChosen] = useState<Kind | null>(null)
  const found = foundOf(of)
  const kind = chosen ?? KINDS.find(one => found[one] > 0) ?? 'differs'
  const labels = kindLabels(target)
  return (
    <>
      <p>
        <b>{discrepancy(of.discrepancyPercent)} not the same in both.</b>{' '}
        <span className="soft">{totalsInWords(of, target)}</span>{' '}
        {of.fields.length > 0 && (
          <span className="soft">
            By field: {listed(of.fields.map(({ field, people }) => `${labelOf(field)} ${count(people)}`))}.
          </span>
        )}
      </p>
      <div className={styles.tiles}>
        {KINDS.map(one => (
          <button key={one} type="button" aria-pressed={one === kind} onClick={() => setChosen(one)}>
            <b>{count(found[one])}</b>
            <small>{labels[one]}</small>
          </button>
        ))}
      </div>
      {found[kind] > 0 && (kind === 'only-there' || kind === 'gone-here') && (
        <p className="soft">
          Trackside deletes nobody and changes no entry that is not its own. Who does not belong there is
          taken out in {target}.
        </p>
      )}
      <Findings
        connectionId={of.connectionId}
        kind={kind}
        whole={found[kind]}
        target={target}
        labelOf={labelOf}
      />
      <ReconciledEvents events={of.events} target={target} />
    </>
  )
}
