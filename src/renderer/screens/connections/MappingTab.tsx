import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import { client, type Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useProviders } from '../../queries.ts'
import { queries } from '../../query.ts'
import { providerName } from '../../words/connections.ts'
import { count, counted, listed } from '../../words/numbers.ts'
import styles from './ConnectionDetail.module.css'
import { type MappingConfig, MappingTable } from './MappingTable.tsx'

type Tried = Outputs['connections']['tryMapping']

/** Source field → our field → target field, with one real person's values at each step. */
export function MappingTab({ connection }: { readonly connection: Connection }) {
  const providers = useProviders().data ?? []
  const [row, setRow] = useState(0)
  /** What the crew changed and has not saved; null: nothing. */
  const [draft, setDraft] = useState<MappingConfig | null>(null)
  const saved = useQuery({
    queryKey: ['mapping', connection.id, connection.mappingVersion, row],
    queryFn: ({ signal }) => client.connections.mapping({ id: connection.id, row }, { signal }),
    meta: { topics: ['connections', 'participants'] },
    placeholderData: keepPreviousData,
  })
  const tried = useQuery({
    queryKey: ['try-mapping', connection.id, draft, row],
    queryFn: ({ signal }) =>
      client.connections.tryMapping(
        { id: connection.id, row, mappingConfig: draft ?? connection.mappingConfig },
        { signal },
      ),
    enabled: draft !== null,
    placeholderData: keepPreviousData,
  })
  const save = useMutation({
    mutationFn: (mappingConfig: MappingConfig) =>
      client.connections.update({ id: connection.id, mappingConfig }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['connections'] })
      await queries.invalidateQueries({ queryKey: ['mapping', connection.id] })
      setDraft(null)
    },
  })
  const shown: Tried | undefined = draft === null ? saved.data : (tried.data ?? saved.data)
  const source = providers.find(provider => provider.id === connection.sourceProvider)
  const target = providers.find(provider => provider.id === connection.targetProvider)
  if (!shown) {
    return (
      <div className={styles.body}>
        <TroubleNote error={saved.error} what="Mapping not read" onRefetch={() => void saved.refetch()} />
      </div>
    )
  }
  const config = draft ?? saved.data?.mappingConfig ?? connection.mappingConfig
  return (
    <>
      <div className={styles.body}>
        <div className={styles.actions}>
          <span className="soft">
            {providerName(providers, connection.sourceProvider)} → ours →{' '}
            {providerName(providers, connection.targetProvider)}
          </span>
          <div className={styles.actions}>
            <Button small aria-label="Person before" disabled={row <= 0} onClick={() => setRow(row - 1)}>
              ‹
            </Button>
            <span role="status">
              {shown.people === 0
                ? 'nobody to show yet'
                : `person ${count(shown.row + 1)} of ${count(shown.people)}`}
            </span>
            <Button
              small
              aria-label="Next person"
              disabled={row + 1 >= shown.people}
              onClick={() => setRow(row + 1)}
            >
              ›
            </Button>
          </div>
        </div>
        <TroubleNote error={tried.error} what="Mapping not tried" onRefetch={() => void tried.refetch()} />
        <div className={styles.table}>
          <MappingTable
            rows={shown.rows}
            config={config}
            sourceName={source?.name ?? connection.sourceProvider}
            targetName={target?.name ?? connection.targetProvider}
            sourceFields={source?.fields ?? []}
            onChange={setDraft}
          />
        </div>
      </div>
      <div className={styles.foot}>
        <Fitness tried={shown} target={target?.name ?? connection.targetProvider} />
        <TroubleNote error={save.error} what="Mapping not saved" />
        <div className={`${styles.actions} ${styles.push}`}>
          {draft !== null && <Button onClick={() => setDraft(null)}>Undo changes</Button>}
          <Button
            kind="main"
            disabled={draft === null || save.isPending}
            onClick={() => draft && save.mutate(draft)}
          >
            Save as version {connection.mappingVersion + 1}
          </Button>
        </div>
      </div>
    </>
  )
}

/** What is missing, in words and numbers. */
function Fitness({ tried, target }: { readonly tried: Tried; readonly target: string }) {
  const unfilled = tried.rows.filter(row => row.required && row.ours === null).map(row => row.targetLabel)
  const nowhere = tried.rows.filter(row => row.targetField === null).length
  const fit = tried.people - tried.unfit
  return (
    <>
      <span className={tried.unfit === 0 ? 'good' : 'soft'}>
        {count(fit)} of {counted(tried.people, 'person', 'people')} fit
      </span>
      {tried.unfit > 0 && (
        <span className="bad">
          {count(tried.unfit)} lack a field that {target} needs
        </span>
      )}
      {unfilled.length > 0 && <span className="bad">{listed(unfilled)}: no field of ours chosen</span>}
      {tried.withoutBib > 0 && <span className="warn">{count(tried.withoutBib)} without a bib</span>}
      {nowhere > 0 && <span className="warn">{counted(nowhere, 'field')} of ours not sent</span>}
    </>
  )
}
