import type { MappingShown } from '../../../../api/mapping.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { fieldLabel } from '../../../words/fields.ts'
import { count } from '../../../words/numbers.ts'
import { keyOf, type MappingConfig, type MappingRow, ruleIn, withChoice } from './draft.ts'
import styles from './Mapping.module.css'
import { RuleForm, type SourceChoice } from './RuleForm.tsx'

interface FieldEditorProps {
  readonly shown: MappingShown
  readonly row: MappingRow
  readonly config: MappingConfig
  readonly sourceName: string
  readonly targetName: string
  readonly sources: readonly SourceChoice[]
  readonly onChange: (config: MappingConfig) => void
  readonly onClose: () => void
}

/** One field's rules on both sides, with five real people through them as they are typed. */
export function FieldEditor(props: FieldEditorProps) {
  const { shown, row, config, sourceName, targetName, sources, onChange, onClose } = props
  const { target, ours, source } = row
  const problems = shown.problems.filter(({ side, field }) =>
    side === 'target' ? field === target?.field : field === ours,
  )
  const title = target?.label ?? fieldLabel(ours ?? '')
  return (
    <Dialog title={title} wide onClose={onClose}>
      {target !== null && (target.maxLength !== null || target.codes !== null) && (
        <p className="soft">
          {target.codes !== null && `${targetName} takes ${target.codes.join(', ')}. `}
          {target.maxLength !== null && `At most ${count(target.maxLength)} characters.`}
        </p>
      )}
      {source !== null && ours !== null && (
        <RuleForm
          side="source"
          title={`${sourceName} → our ${fieldLabel(ours).toLowerCase()}`}
          rule={ruleIn(config, 'source', ours, source.rule)}
          chosen={config.source[ours] !== undefined}
          sources={[{ path: `=${ours}`, label: null, sample: null }, ...sources]}
          onChange={choice => onChange(withChoice(config, 'source', ours, choice))}
        />
      )}
      {target !== null && (
        <RuleForm
          side="target"
          title={`ours → ${targetName} ${target.field}`}
          rule={ruleIn(config, 'target', target.field, target.rule)}
          chosen={config.target[target.field] !== undefined}
          sources={[]}
          onChange={choice => onChange(withChoice(config, 'target', target.field, choice))}
        />
      )}
      {problems.length > 0 && (
        <Note tone="bad">{problems.map(problem => `${title} ${problem.message}`).join('; ')}</Note>
      )}
      <PeopleThrough shown={shown} row={row} sourceName={sourceName} targetName={targetName} />
      <DialogActions>
        <Button kind="main" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  )
}

type PeopleThroughProps = Pick<FieldEditorProps, 'shown' | 'row' | 'sourceName' | 'targetName'>

function PeopleThrough({ shown, row, sourceName, targetName }: PeopleThroughProps) {
  const place = shown.rows.findIndex(one => keyOf(one) === keyOf(row))
  if (shown.people.length === 0) return <p className="faint">Nobody to show yet: sync first.</p>
  return (
    <div className={styles.people}>
      <table aria-label="People through this field">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">{sourceName} says</th>
            <th scope="col">We keep</th>
            <th scope="col">{targetName} gets</th>
          </tr>
        </thead>
        <tbody>
          {shown.people.map(person => {
            const cell = person.cells[place]
            return (
              <tr key={person.participantId}>
                <td>{person.name}</td>
                <td>{cell?.said ?? <span className="faint">nothing</span>}</td>
                <td>
                  {cell?.ours ?? <span className="faint">nothing</span>}
                  {cell?.overridden && <small className="warn"> the crew’s</small>}
                </td>
                <td>
                  {cell?.refusal != null ? (
                    <span className="bad">refused: {cell.refusal}</span>
                  ) : (
                    <b>{cell?.sent ?? <span className="faint">nothing</span>}</b>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
