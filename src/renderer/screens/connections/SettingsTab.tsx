import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Connection, ProviderInfo } from '../../../api/connections.ts'
import { client, type Inputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useProviders } from '../../queries.ts'
import { queries } from '../../query.ts'
import { confirmedHere, isInferred } from '../../words/connections.ts'
import styles from './ConnectionDetail.module.css'
import { DeleteConnection } from './DeleteConnection.tsx'
import { type Events, EventsChoice } from './form/EventsChoice.tsx'
import { PushChoice } from './form/PushChoice.tsx'
import { ScheduleChoice } from './form/ScheduleChoice.tsx'
import { filled, SideForm, type Texts } from './form/SideForm.tsx'
import { TestResult } from './form/TestResult.tsx'

export function SettingsTab({ connection }: { readonly connection: Connection }) {
  const providers = useProviders().data ?? []
  const source = providers.find(provider => provider.id === connection.sourceProvider)
  const target = providers.find(provider => provider.id === connection.targetProvider)
  if (!source || !target) {
    return (
      <div className={styles.body}>
        <Note>
          <b>A provider of this connection is not in this version.</b> {connection.sourceProvider} →{' '}
          {connection.targetProvider}
        </Note>
        <DeleteConnection connection={connection} />
      </div>
    )
  }
  return <Form connection={connection} source={source} target={target} />
}

interface FormProps {
  readonly connection: Connection
  readonly source: ProviderInfo
  readonly target: ProviderInfo
}

function Form({ connection, source, target }: FormProps) {
  const [name, setName] = useState(connection.connectionName)
  const [sourceSettings, setSourceSettings] = useState<Texts>(connection.sourceSettings)
  const [targetSettings, setTargetSettings] = useState<Texts>(connection.targetSettings)
  const [sourceCredentials, setSourceCredentials] = useState<Texts>({})
  const [targetCredentials, setTargetCredentials] = useState<Texts>({})
  const [events, setEvents] = useState<Events>(connection.events)
  const [schedule, setSchedule] = useState(connection.schedule)
  const [automatic, setAutomatic] = useState(connection.autoSyncEnabled)
  const [allowed, setAllowed] = useState(connection.inferredAllowed)
  const save = useMutation({
    mutationFn: (changes: Inputs['connections']['update']) => client.connections.update(changes),
    onSuccess: () => {
      setSourceCredentials({})
      setTargetCredentials({})
      void queries.invalidateQueries({ queryKey: ['connections'] })
      void queries.invalidateQueries({ queryKey: ['source-events', connection.id] })
    },
  })
  const test = useMutation({ mutationFn: () => client.connections.test({ id: connection.id }) })
  const newKeys =
    Object.keys(filled(sourceCredentials)).length + Object.keys(filled(targetCredentials)).length
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const sourceKeys = filled(sourceCredentials)
    const targetKeys = filled(targetCredentials)
    save.mutate({
      id: connection.id,
      connectionName: name.trim(),
      sourceSettings: filled(sourceSettings),
      targetSettings: filled(targetSettings),
      ...(Object.keys(sourceKeys).length === 0 ? {} : { sourceCredentials: sourceKeys }),
      ...(Object.keys(targetKeys).length === 0 ? {} : { targetCredentials: targetKeys }),
      events,
      schedule,
      autoSyncEnabled: automatic,
      inferredAllowed: allowed,
    })
  }
  return (
    <form onSubmit={submit} className={styles.panel}>
      <div className={styles.body}>
        <div className={styles.form}>
          <TextInput
            label="Name"
            required
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <section className={styles.section}>
            <h3>{source.name}</h3>
            <SideForm
              provider={source}
              settings={sourceSettings}
              credentials={sourceCredentials}
              kept={connection.sourceCredentialsKept}
              onSettings={setSourceSettings}
              onCredentials={setSourceCredentials}
            />
          </section>
          <section className={styles.section}>
            <h3>{target.name}</h3>
            <SideForm
              provider={target}
              settings={targetSettings}
              credentials={targetCredentials}
              kept={connection.targetCredentialsKept}
              onSettings={setTargetSettings}
              onCredentials={setTargetCredentials}
            />
          </section>
          <section className={styles.section}>
            <div className={styles.actions}>
              <Button disabled={test.isPending} onClick={() => test.mutate()}>
                {test.isPending ? 'Testing' : 'Test kept keys'}
              </Button>
              <span className="soft">
                {newKeys > 0
                  ? 'Save first: the test takes the kept keys.'
                  : 'Keys are kept on this laptop and never shown.'}
              </span>
            </div>
            {test.data && <TestResult result={test.data} source={source.name} target={target.name} />}
            <TroubleNote error={test.error} what="Not tested" />
          </section>
          <EventsChoice connectionId={connection.id} events={events} onChange={setEvents} />
          <ScheduleChoice
            schedule={schedule}
            automatic={automatic}
            onSchedule={setSchedule}
            onAutomatic={setAutomatic}
          />
          {isInferred(target, 'push') && confirmedHere(connection, 'target', 'push') === null && (
            <PushChoice target={target.name} allowed={allowed} onChange={setAllowed} />
          )}
          <DeleteConnection connection={connection} />
        </div>
      </div>
      <div className={styles.foot}>
        <TroubleNote error={save.error} what="Settings not saved" />
        {save.isSuccess && <span role="status">Saved.</span>}
        <div className={styles.push}>
          <Button kind="main" submit disabled={save.isPending || name.trim() === ''}>
            Save settings
          </Button>
        </div>
      </div>
    </form>
  )
}
