import { NativeSelect } from '@mantine/core'
import type { Connection, ProviderInfo } from '../../../api/connections.ts'
import { ENTRY_FIELDS } from '../../../core/mapping.ts'
import { SOURCE_FIELDS } from '../../../core/model.ts'
import type { Outputs } from '../../client.ts'
import { fieldLabel } from '../../words/fields.ts'
import styles from './MappingTable.module.css'

type Row = Outputs['connections']['mapping']['rows'][number]

export type MappingConfig = Connection['mappingConfig']

interface MappingTableProps {
  readonly rows: readonly Row[]
  readonly config: MappingConfig
  readonly sourceName: string
  readonly targetName: string
  readonly sourceFields: ProviderInfo['fields']
  readonly onChange: (config: MappingConfig) => void
}

const NOTHING = ''
const isSourceField = (field: string): boolean => SOURCE_FIELDS.some(one => one === field)

export function MappingTable({
  rows,
  config,
  sourceName,
  targetName,
  sourceFields,
  onChange,
}: MappingTableProps) {
  const setSource = (ours: string, path: string): void =>
    onChange({ ...config, source: { ...config.source, [ours]: path === NOTHING ? null : path } })
  const setTarget = (theirs: string, ours: string): void =>
    onChange({ ...config, target: { ...config.target, [theirs]: ours === NOTHING ? null : ours } })
  return (
    <table className={styles.mapping} aria-label="Mapping">
      <thead>
        <tr>
          <th scope="col">{sourceName} says</th>
          <th scope="col">We keep</th>
          <th scope="col">{targetName} gets</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr
            key={row.targetField ?? `ours ${row.ours}`}
            data-lacking={row.required && row.sentValue === null}
          >
            <td>
              {row.ours !== null && isSourceField(row.ours) ? (
                <SourceSelect row={row} fields={sourceFields} onChange={setSource} ours={row.ours} />
              ) : (
                <span className="faint">{row.ours === null ? 'nothing' : 'kept here'}</span>
              )}
              <Value value={row.sourceValue} />
            </td>
            <td>
              {row.targetField === null ? (
                <span className={styles.fixed}>{row.ours === null ? '' : fieldLabel(row.ours)}</span>
              ) : (
                <OursSelect row={row} targetField={row.targetField} onChange={setTarget} />
              )}
              <Value value={row.ourValue} />
              {row.overridden && <small className="warn"> the crew’s value</small>}
            </td>
            <td>
              <span className={styles.fixed}>
                {row.targetField === null ? <span className="faint">not sent</span> : row.targetLabel}
                {row.required && <span className="bad"> needed</span>}
              </span>
              {row.targetField !== null && <Value value={row.sentValue} strong />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Value({ value, strong = false }: { readonly value: string | null; readonly strong?: boolean }) {
  if (value === null) return <small className={styles.value}>nothing</small>
  return <small className={styles.value}>{strong ? <b>{value}</b> : value}</small>
}

interface SourceSelectProps {
  readonly row: Row
  readonly ours: string
  readonly fields: ProviderInfo['fields']
  readonly onChange: (ours: string, path: string) => void
}

function SourceSelect({ row, ours, fields, onChange }: SourceSelectProps) {
  const known = fields.some(field => field.name === row.sourcePath)
  const own = row.sourcePath !== null && !known ? [{ value: row.sourcePath, label: row.sourcePath }] : []
  return (
    <NativeSelect
      aria-label={`Source of ${fieldLabel(ours)}`}
      size="xs"
      value={row.sourcePath ?? NOTHING}
      onChange={event => onChange(ours, event.currentTarget.value)}
      data={[
        { value: NOTHING, label: 'nothing' },
        ...own,
        ...fields.map(field => ({ value: field.name, label: `${field.label} (${field.name})` })),
      ]}
    />
  )
}

interface OursSelectProps {
  readonly row: Row
  readonly targetField: string
  readonly onChange: (targetField: string, ours: string) => void
}

function OursSelect({ row, targetField, onChange }: OursSelectProps) {
  return (
    <NativeSelect
      aria-label={`Our field for ${row.targetLabel}`}
      size="xs"
      value={row.ours ?? NOTHING}
      onChange={event => onChange(targetField, event.currentTarget.value)}
      data={[
        { value: NOTHING, label: 'nothing' },
        ...ENTRY_FIELDS.map(field => ({ value: field, label: fieldLabel(field) })),
      ]}
    />
  )
}
