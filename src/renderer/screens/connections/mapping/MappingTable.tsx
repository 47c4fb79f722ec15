import type { MappingShown } from '../../../../api/mapping.ts'
import { type Rule, ruleOf } from '../../../../core/mapping.ts'
import { transformInWords } from '../../../../core/mapping-words.ts'
import { fieldLabel } from '../../../words/fields.ts'
import { keyOf, type MappingRow, type Side } from './draft.ts'
import styles from './Mapping.module.css'
import { inputInWords } from './words.ts'

interface MappingTableProps {
  readonly shown: MappingShown
  readonly sourceName: string
  readonly targetName: string
  readonly onEdit: (row: MappingRow) => void
}

/** Up and down walk the fields; Enter opens one. */
function walk(event: React.KeyboardEvent<HTMLTableElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const buttons: readonly Element[] = [...event.currentTarget.querySelectorAll('button')]
  const at = document.activeElement === null ? -1 : buttons.indexOf(document.activeElement)
  const next = buttons[at + step]
  if (at < 0 || !(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}

/** Source field → our field → target field, and what becomes of the first person shown. */
export function MappingTable({ shown, sourceName, targetName, onEdit }: MappingTableProps) {
  const [somebody] = shown.people
  const used = new Set(
    Object.values(shown.rows).flatMap(row => ruleOf(row.target?.rule ?? null)?.inputs ?? []),
  )
  return (
    <table className={styles.mapping} aria-label="Mapping" onKeyDown={walk}>
      <thead>
        <tr>
          <th scope="col">{sourceName} says</th>
          <th scope="col">We keep</th>
          <th scope="col">{targetName} gets</th>
          <th scope="col">{somebody ? somebody.name : 'Nobody to show yet'}</th>
        </tr>
      </thead>
      <tbody>
        {shown.rows.map((row, place) => {
          const cell = somebody?.cells[place]
          const name = row.target?.label ?? (row.ours === null ? '' : fieldLabel(row.ours))
          const notSent = row.ours !== null && used.has(row.ours) ? 'within another field' : 'not sent'
          return (
            <tr key={keyOf(row)} data-refused={cell?.refusal != null}>
              <td>
                {row.source === null ? (
                  <span className="faint">{row.ours === null ? '' : 'kept here'}</span>
                ) : (
                  <RuleShown
                    side="source"
                    rule={row.source.rule}
                    ours={row.ours}
                    chosen={row.source.chosen}
                  />
                )}
              </td>
              <td>
                {row.target === null ? (
                  fieldLabel(row.ours ?? '')
                ) : (
                  <RuleShown
                    side="target"
                    rule={row.target.rule}
                    ours={row.ours}
                    chosen={row.target.chosen}
                  />
                )}
              </td>
              <td>
                <button type="button" className={styles.edit} onClick={() => onEdit(row)}>
                  <b>{name}</b>
                  {row.target === null && <small className="faint">{notSent}</small>}
                  {row.target?.required && (
                    <small className={row.ours === null ? 'bad' : 'faint'}>needed</small>
                  )}
                </button>
              </td>
              <td>{cell && <Through cell={cell} sent={row.target !== null} />}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface RuleShownProps {
  readonly side: Side
  readonly rule: Rule | null
  readonly ours: string | null
  readonly chosen: boolean
}

function RuleShown({ side, rule, ours, chosen }: RuleShownProps) {
  if (rule === null) return <span className="faint">nothing</span>
  return (
    <>
      {rule.inputs.map(input => inputInWords(side, input, ours)).join(', ')}
      {chosen && <small className="faint"> chosen here</small>}
      {rule.transforms.length > 0 && (
        <span className={styles.chips}>
          {rule.transforms.map(transform => (
            <span key={JSON.stringify(transform)} className={styles.chip}>
              {transformInWords(transform)}
            </span>
          ))}
        </span>
      )}
    </>
  )
}

type Cell = MappingShown['people'][number]['cells'][number]

/** Before → after, or why there is none. */
function Through({ cell, sent }: { readonly cell: Cell; readonly sent: boolean }) {
  const after = sent ? cell.sent : cell.ours
  const before = cell.said ?? cell.ours
  return (
    <>
      {before !== null && before !== after && <span className="soft">{before} → </span>}
      {cell.refusal === null ? (
        after === null ? (
          <span className="faint">nothing</span>
        ) : (
          <b>{after}</b>
        )
      ) : (
        <span className="bad">refused: {cell.refusal}</span>
      )}
      {cell.overridden && <small className="warn"> the crew’s value</small>}
    </>
  )
}
