import { Autocomplete, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { type Choice, ENTRY_FIELDS, type Rule } from '../../../../core/mapping.ts'
import { TRANSFORM_KINDS, type Transform } from '../../../../core/transforms.ts'
import { Button } from '../../../components/Button.tsx'
import { fieldLabel } from '../../../words/fields.ts'
import { newTransform, type Side } from './draft.ts'
import styles from './Mapping.module.css'
import { TransformForm } from './TransformForm.tsx'
import { TRANSFORM_LABELS } from './words.ts'

/** A source field to choose, with what real rows say there. */
export interface SourceChoice {
  readonly path: string
  readonly label: string | null
  readonly sample: string | null
}

interface RuleFormProps {
  readonly side: Side
  /** What it fills. */
  readonly title: string
  readonly rule: Rule | null
  readonly chosen: boolean
  readonly sources: readonly SourceChoice[]
  /** Undefined: the provider's default again. */
  readonly onChange: (choice: Choice | undefined) => void
}

/** Inputs and steps of one rule; every change is the crew's own rule from then on. */
export function RuleForm({ side, title, rule, chosen, sources, onChange }: RuleFormProps) {
  const inputs = rule?.inputs ?? []
  const steps = rule?.transforms ?? []
  // A step keeps its form's text when another is moved or removed: it is known by a number of its own.
  const [keys, setKeys] = useState<readonly number[]>(() => steps.map((_, at) => at))
  const stepKeys = steps.map((_, at) => keys[at] ?? at)
  const set = (change: Partial<Rule>): void => onChange({ inputs, transforms: steps, ...change })
  const setSteps = (order: readonly (readonly [number, Transform])[]): void => {
    setKeys(order.map(([key]) => key))
    set({ transforms: order.map(([, step]) => step) })
  }
  const keyed = steps.map((step, at) => [stepKeys[at] ?? at, step] as const)
  const setInput = (at: number, input: string): void =>
    set({ inputs: inputs.map((one, place) => (place === at ? input : one)) })
  const field = (label: string, value: string, change: (value: string) => void) =>
    side === 'source' ? (
      <SourceField label={label} value={value} sources={sources} onChange={change} />
    ) : (
      <OurField label={label} value={value} onChange={change} />
    )
  return (
    <fieldset className={styles.rule}>
      <legend>{title}</legend>
      {inputs.length === 0 && <span className="faint">Nothing fills it.</span>}
      {inputs.map((input, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an input is its place
        <div key={at} className={styles.line}>
          <div className={styles.grow}>
            {field(inputs.length === 1 ? 'From' : `From, ${at + 1}.`, input, value => setInput(at, value))}
          </div>
          <Button
            small
            kind="quiet"
            aria-label={`Remove input ${at + 1}`}
            onClick={() => {
              const left = inputs.filter((_, place) => place !== at)
              if (left.length === 0 && steps.length === 0) onChange(null)
              else set({ inputs: left })
            }}
          >
            Remove
          </Button>
        </div>
      ))}
      {keyed.map(([key, step], at) => (
        <TransformForm
          key={key}
          transform={step}
          fieldChoice={(value, change) => field('Field', value, change)}
          onChange={next => setSteps(keyed.map(one => (one[0] === key ? [key, next] : one)))}
          onUp={
            at === 0
              ? null
              : () => {
                  const others = keyed.filter(one => one[0] !== key)
                  setSteps([...others.slice(0, at - 1), [key, step], ...others.slice(at - 1)])
                }
          }
          onRemove={() => setSteps(keyed.filter(one => one[0] !== key))}
        />
      ))}
      <div className={styles.line}>
        <NativeSelect
          aria-label={`Add a step to ${title}`}
          value=""
          data={[
            { value: '', label: 'Add a step …' },
            ...TRANSFORM_KINDS.map(kind => ({ value: kind, label: TRANSFORM_LABELS[kind] })),
          ]}
          onChange={event => {
            const kind = TRANSFORM_KINDS.find(one => one === event.currentTarget.value)
            if (kind) setSteps([...keyed, [Math.max(-1, ...stepKeys) + 1, newTransform(kind)]])
          }}
        />
        <Button
          small
          onClick={() => set({ inputs: [...inputs, side === 'source' ? '' : (ENTRY_FIELDS[0] ?? '')] })}
        >
          Add input
        </Button>
        {chosen && (
          <Button
            small
            kind="quiet"
            onClick={() => {
              setKeys([])
              onChange(undefined)
            }}
          >
            Back to default
          </Button>
        )}
      </div>
    </fieldset>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function SourceField({
  label,
  value,
  sources,
  onChange,
}: FieldProps & { readonly sources: readonly SourceChoice[] }) {
  const said = new Map(sources.map(source => [source.path, source]))
  return (
    <Autocomplete
      size="sm"
      label={label}
      value={value}
      data={sources.map(source => source.path)}
      limit={100}
      maxDropdownHeight={260}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      onChange={onChange}
      filter={({ options, search }) => {
        const words = search.toLowerCase()
        // What was chosen already filters nothing away: the whole list is to be seen.
        if (said.has(search)) return options
        return options.filter(option => {
          const path = 'value' in option ? option.value : ''
          return `${path} ${said.get(path)?.label ?? ''}`.toLowerCase().includes(words)
        })
      }}
      renderOption={({ option }) => {
        const source = said.get(option.value)
        return (
          <span>
            {option.value.startsWith('=') ? 'as the provider reads it' : option.value}
            {source?.label && <b> {source.label}</b>}
            {source?.sample && <span className="faint"> {source.sample}</span>}
          </span>
        )
      }}
    />
  )
}

function OurField({ label, value, onChange }: FieldProps) {
  const known = ENTRY_FIELDS.some(field => field === value)
  return (
    <NativeSelect
      label={label}
      value={value}
      data={[
        ...(known ? [] : [{ value, label: value === '' ? 'choose a field' : value }]),
        ...ENTRY_FIELDS.map(field => ({ value: field, label: fieldLabel(field) })),
      ]}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}
