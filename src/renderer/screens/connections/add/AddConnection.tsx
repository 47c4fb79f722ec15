import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../../api/connections.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useProviders } from '../../../queries.ts'
import { queries } from '../../../query.ts'
import { usePlace } from '../../../state/place.ts'
import { Header } from '../../shell/Header.tsx'
import type { Events } from '../form/EventsChoice.tsx'
import styles from './AddConnection.module.css'
import { connectionOf, type Draft, EMPTY_DRAFT, lackingIn } from './draft.ts'
import { EventsStep } from './EventsStep.tsx'
import { KeysStep } from './KeysStep.tsx'
import { ProvidersStep } from './ProvidersStep.tsx'
import { ScheduleStep } from './ScheduleStep.tsx'

const STEPS = ['Providers', 'Keys', 'Schedule', 'Events'] as const

/** From nothing to the first sync, in four steps. */
export function AddConnection({ onClose }: { readonly onClose: () => void }) {
  const providers = useProviders()
  const all = providers.data ?? []
  const [step, setStep] = useState(0)
  const [typed, setDraft] = useState<Draft>(EMPTY_DRAFT)
  const [made, setMade] = useState<Connection | null>(null)
  const [events, setEvents] = useState<Events>('all')
  const openConnection = usePlace(state => state.openConnection)
  const source = pick(all, 'registration', typed.sourceProvider)
  const target = pick(all, 'scoring', typed.targetProvider)
  const draft: Draft = { ...typed, sourceProvider: source?.id ?? '', targetProvider: target?.id ?? '' }
  const name = draft.name.trim() || `${source?.name ?? ''} → ${target?.name ?? ''}`
  const change = (part: Partial<Draft>): void => setDraft(before => ({ ...before, ...part }))

  const create = useMutation({
    mutationFn: () => client.connections.create(connectionOf(draft, name)),
    onSuccess: connection => {
      setMade(connection)
      setStep(3)
      setDraft(before => ({ ...before, sourceCredentials: {}, targetCredentials: {} }))
      void queries.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  const begin = useMutation({
    mutationFn: async (connection: Connection) => {
      await client.connections.update({ id: connection.id, events, autoSyncEnabled: draft.automatic })
      await client.sync.manual({ connectionId: connection.id })
      return connection.id
    },
    onSuccess: id => {
      void queries.invalidateQueries({ queryKey: ['connections'] })
      openConnection(id)
    },
  })
  if (!source || !target) {
    return (
      <main className={styles.page}>
        <TroubleNote
          error={providers.error}
          what="Providers not read"
          onRefetch={() => void providers.refetch()}
        />
        <Button onClick={onClose}>Cancel</Button>
      </main>
    )
  }
  const lacking = step === 1 ? lackingIn(draft, source, target) : []
  return (
    <>
      <Header>
        <h1 className={styles.heading}>Add connection</h1>
        <ol className={styles.steps} aria-label="Steps">
          {STEPS.map((words, place) => (
            <li key={words} aria-current={place === step ? 'step' : undefined}>
              {place + 1} {words}
            </li>
          ))}
        </ol>
        <div className={styles.cancel}>
          <Button onClick={made ? () => openConnection(made.id) : onClose}>
            {made ? 'Later' : 'Cancel'}
          </Button>
        </div>
      </Header>
      <main className={styles.page}>
        <div className={styles.step}>
          {step === 0 && <ProvidersStep providers={all} draft={draft} onChange={change} />}
          {step === 1 && <KeysStep draft={draft} source={source} target={target} onChange={change} />}
          {step === 2 && <ScheduleStep draft={draft} name={name} target={target} onChange={change} />}
          {step === 3 && made && <EventsStep connection={made} events={events} onChange={setEvents} />}
          <TroubleNote error={create.error} what="Connection not created" />
          <TroubleNote error={begin.error} what="First sync not started" />
        </div>
      </main>
      <div className={styles.foot}>
        {lacking.length > 0 && <span className="warn">Still needed: {lacking.join(', ')}</span>}
        <div className={styles.next}>
          {step > 0 && step < 3 && <Button onClick={() => setStep(step - 1)}>Back</Button>}
          {step < 2 && (
            <Button kind="main" disabled={lacking.length > 0} onClick={() => setStep(step + 1)}>
              Next
            </Button>
          )}
          {step === 2 && (
            <Button kind="main" disabled={create.isPending} onClick={() => create.mutate()}>
              {create.isPending ? 'Creating' : 'Create connection'}
            </Button>
          )}
          {step === 3 && made && (
            <Button
              kind="main"
              disabled={begin.isPending || (events !== 'all' && events.length === 0)}
              onClick={() => begin.mutate(made)}
            >
              {begin.isPending ? 'Starting' : 'Start first sync'}
            </Button>
          )}
        </div>
      </div>
    </>
  )
}

/** The one chosen, or the first that can play the role. */
function pick<P extends { readonly id: string; readonly roles: readonly string[] }>(
  providers: readonly P[],
  role: 'registration' | 'scoring',
  id: string,
): P | undefined {
  const able = providers.filter(provider => provider.roles.includes(role))
  return able.find(provider => provider.id === id) ?? able[0]
}
