import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../../api/connections.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useProviders } from '../../../queries.ts'
import { queries } from '../../../query.ts'
import { useMappingDraft } from '../../../state/mapping-draft.ts'
import { providerName } from '../../../words/connections.ts'
import { count } from '../../../words/numbers.ts'
import styles from '../ConnectionDetail.module.css'
import { keyOf, type MappingConfig } from './draft.ts'
import { FieldEditor } from './FieldEditor.tsx'
import { Fitness } from './Fitness.tsx'
import own from './Mapping.module.css'
import { MappingTable } from './MappingTable.tsx'
import type { SourceChoice } from './RuleForm.tsx'
import { Versions } from './Versions.tsx'

/** People at once, as many as the engine answers with. */
const PEOPLE = 5
/** Everybody is counted when nobody has typed for so long, in ms. */
const QUIET = 300

/** Source field → our field → target field, with real people's values at each step. */
export function MappingTab({ connection }: { readonly connection: Connection }) {
  const { id, mappingVersion } = connection
  const [row, setRow] = useState(0)
  /** What the crew changed and has not saved; null: nothing. */
  const kept = useMappingDraft(state => state.drafts[id])
  const keep = useMappingDraft(state => state.keep)
  const draft = kept?.config ?? null
  const basedOn = kept?.basedOn ?? mappingVersion
  const setDraft = (config: MappingConfig | null): void =>
    keep(id, config === null ? null : { config, basedOn })
  const [note, setNote] = useState('')
  const [openKey, setOpenKey] = useState<string | null>(null)
  const [versionsOpen, setVersionsOpen] = useState(false)
  const { providers, sources } = useChoices(connection)
  const [quiet] = useDebouncedValue(draft, QUIET)
  const shownQuery = useQuery({
    queryKey: ['mapping', id, mappingVersion, row, draft],
    queryFn: ({ signal }) =>
      draft === null
        ? client.mapping.shown({ id, row }, { signal })
        : client.mapping.preview({ id, row, mappingConfig: draft }, { signal }),
    meta: { topics: ['connections', 'participants'] },
    placeholderData: keepPreviousData,
  })
  const fitness = useQuery({
    queryKey: ['mapping', id, mappingVersion, 'fitness', quiet],
    queryFn: ({ signal }) =>
      client.mapping.fitness(quiet === null ? { id } : { id, mappingConfig: quiet }, { signal }),
    meta: { topics: ['connections'] },
  })
  /** Of the draft that is shown, not of the one before. */
  const fitting = quiet === draft ? fitness.data : undefined
  const settled = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: ['connections'] })
    await queries.invalidateQueries({ queryKey: ['mapping', id] })
    setDraft(null)
    setNote('')
  }
  const save = useMutation({
    mutationFn: (mappingConfig: MappingConfig) => client.mapping.save({ id, mappingConfig, note, basedOn }),
    onSuccess: settled,
  })
  const shown = shownQuery.data
  if (!shown) {
    return (
      <div className={styles.body}>
        <TroubleNote
          error={shownQuery.error}
          what="Mapping not read"
          onRefetch={() => void shownQuery.refetch()}
        />
      </div>
    )
  }
  const sourceName = providerName(providers, connection.sourceProvider)
  const targetName = providerName(providers, connection.targetProvider)
  const config = draft ?? connection.mappingConfig
  const open = shown.rows.find(one => keyOf(one) === openKey)
  const labelOf = (field: string): string =>
    shown.rows.find(one => one.target?.field === field)?.target?.label ?? field
  return (
    <>
      <div className={styles.body}>
        <div className={styles.actions}>
          <span className="soft">
            {sourceName} → ours → {targetName}
          </span>
          <Button small onClick={() => setVersionsOpen(true)}>
            Versions
          </Button>
          <div className={styles.actions}>
            <Button
              small
              aria-label="People before"
              disabled={row <= 0}
              onClick={() => setRow(Math.max(0, shown.row - PEOPLE))}
            >
              ‹
            </Button>
            <span role="status">
              {shown.total === 0
                ? 'nobody to show yet'
                : `people ${count(shown.row + 1)} to ${count(shown.row + shown.people.length)} of ${count(shown.total)}`}
            </span>
            <Button
              small
              aria-label="Next people"
              disabled={shown.row + PEOPLE >= shown.total}
              onClick={() => setRow(shown.row + PEOPLE)}
            >
              ›
            </Button>
          </div>
        </div>
        <TroubleNote
          error={shownQuery.error}
          what="Mapping not tried"
          onRefetch={() => void shownQuery.refetch()}
        />
        {shown.problems.length > 0 && (
          <Note tone="bad">
            {shown.problems.map(problem => `${labelOf(problem.field)} ${problem.message}`).join('; ')}
          </Note>
        )}
        <div className={styles.table}>
          <MappingTable
            shown={shown}
            sourceName={sourceName}
            targetName={targetName}
            onEdit={one => setOpenKey(keyOf(one))}
          />
        </div>
      </div>
      <div className={styles.foot}>
        <Fitness shown={shown} fitness={fitting} targetName={targetName} />
        <TroubleNote error={fitness.error} what="Not counted" onRefetch={() => void fitness.refetch()} />
        <TroubleNote error={save.error} what="Mapping not saved" />
        {draft !== null && (
          <form
            className={own.line}
            onSubmit={event => {
              event.preventDefault()
              save.mutate(draft)
            }}
          >
            <TextInput
              className={own.note ?? ''}
              aria-label="Why it changes"
              placeholder="Why it changes"
              value={note}
              onChange={event => setNote(event.currentTarget.value)}
            />
            <Button onClick={() => setDraft(null)}>Undo changes</Button>
            <Button kind="main" submit disabled={save.isPending || shown.problems.length > 0}>
              Save as version {mappingVersion + 1}
            </Button>
          </form>
        )}
      </div>
      {open && (
        <FieldEditor
          key={openKey}
          shown={shown}
          row={open}
          config={config}
          sourceName={sourceName}
          targetName={targetName}
          sources={sources}
          onChange={setDraft}
          onClose={() => setOpenKey(null)}
        />
      )}
      {versionsOpen && (
        <Versions
          connectionId={id}
          current={mappingVersion}
          labelOf={labelOf}
          onRestored={() => void settled()}
          onClose={() => setVersionsOpen(false)}
        />
      )}
    </>
  )
}

/** Source fields to choose from: those the provider declares, then whatever else real rows have. */
function useChoices(connection: Connection) {
  const providers = useProviders().data ?? []
  const paths = useQuery({
    queryKey: ['source-paths', connection.id],
    queryFn: ({ signal }) => client.mapping.sourcePaths({ id: connection.id }, { signal }),
    select: data => data.paths,
  })
  const found = new Map((paths.data ?? []).map(path => [path.path, path]))
  const declared = providers.find(provider => provider.id === connection.sourceProvider)?.fields ?? []
  const names = new Set(declared.map(field => field.name))
  const sources: readonly SourceChoice[] = [
    ...declared.map(({ name, label }) => ({
      path: name,
      label,
      sample: found.get(name)?.samples[0] ?? null,
    })),
    ...[...found.values()]
      .filter(({ path }) => !names.has(path))
      .map(({ path, label, samples }) => ({ path, label, sample: samples[0] ?? null })),
  ]
  return { providers, sources }
}
