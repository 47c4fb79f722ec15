import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Transform } from '../../../../core/transforms.ts'
import { Button } from '../../../components/Button.tsx'
import { codesOf, codesText } from './code-table.ts'
import styles from './Mapping.module.css'
import { TRANSFORM_LABELS } from './words.ts'

interface TransformFormProps {
  readonly transform: Transform
  /** Chooses the field that a condition asks. */
  readonly fieldChoice: (value: string, onChange: (field: string) => void) => ReactNode
  readonly onChange: (transform: Transform) => void
  readonly onUp: (() => void) | null
  readonly onRemove: () => void
}

export function TransformForm({ transform, fieldChoice, onChange, onUp, onRemove }: TransformFormProps) {
  const label = TRANSFORM_LABELS[transform.kind]
  return (
    <fieldset className={styles.rule} aria-label={label}>
      <div className={styles.line}>
        <b className={styles.grow}>{label}</b>
        {onUp !== null && (
          <Button small aria-label={`${label} earlier`} onClick={onUp}>
            ↑
          </Button>
        )}
        <Button small kind="quiet" aria-label={`Remove ${label}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
      <Details transform={transform} fieldChoice={fieldChoice} onChange={onChange} />
    </fieldset>
  )
}

type DetailsProps = Pick<TransformFormProps, 'transform' | 'fieldChoice' | 'onChange'>

function Details({ transform, fieldChoice, onChange }: DetailsProps) {
  switch (transform.kind) {
    case 'trim':
      return <span className="soft">No blanks at either end, one between words.</span>
    case 'case':
      return (
        <Choice
          label="Write it in"
          value={transform.to}
          data={[
            { value: 'title', label: 'Title Case' },
            { value: 'upper', label: 'UPPER CASE' },
            { value: 'lower', label: 'lower case' },
          ]}
          onChange={to => onChange({ ...transform, to })}
        />
      )
    case 'date':
      return (
        <div className={styles.line}>
          <Listed
            label="Read it as"
            description="Several formats with commas: YYYY MM DD MMM HH mm ss"
            values={transform.from}
            onChange={from => onChange({ ...transform, from })}
          />
          <TextInput
            className={styles.grow ?? ''}
            label="Write it as"
            value={transform.to}
            onChange={event => onChange({ ...transform, to: event.currentTarget.value })}
          />
        </div>
      )
    case 'codes':
      return <Codes transform={transform} onChange={onChange} />
    case 'join':
      return (
        <TextInput
          label="Between the parts"
          value={transform.separator}
          onChange={event => onChange({ ...transform, separator: event.currentTarget.value })}
        />
      )
    case 'split':
      return (
        <div className={styles.line}>
          <TextInput
            className={styles.grow ?? ''}
            label="Split at"
            value={transform.separator}
            onChange={event => onChange({ ...transform, separator: event.currentTarget.value })}
          />
          <TextInput
            className={styles.grow ?? ''}
            label="Part (-1: the last)"
            type="number"
            value={String(transform.part)}
            onChange={event => onChange({ ...transform, part: Number(event.currentTarget.value) })}
          />
        </div>
      )
    case 'default':
      return (
        <TextInput
          label="Where nothing is there"
          value={transform.value}
          onChange={event => onChange({ ...transform, value: event.currentTarget.value })}
        />
      )
    case 'only-if':
      return (
        <div className={styles.line}>
          <div className={styles.grow}>
            {fieldChoice(transform.field, field => onChange({ ...transform, field }))}
          </div>
          <Choice
            label="Test"
            value={transform.test}
            data={[
              { value: 'is', label: 'is' },
              { value: 'is-not', label: 'is not' },
              { value: 'in', label: 'is one of' },
            ]}
            onChange={test => onChange({ ...transform, test })}
          />
          <Listed
            label="Values, with commas"
            values={transform.values}
            onChange={values => onChange({ ...transform, values })}
          />
        </div>
      )
    case 'cut':
      return (
        <TextInput
          label="At most so many characters"
          type="number"
          value={String(transform.length)}
          onChange={event => onChange({ ...transform, length: Number(event.currentTarget.value) })}
        />
      )
  }
}

interface ChoiceProps<value extends string> {
  readonly label: string
  readonly value: value
  readonly data: readonly { readonly value: value; readonly label: string }[]
  readonly onChange: (value: value) => void
}

function Choice<value extends string>({ label, value, data, onChange }: ChoiceProps<value>) {
  return (
    <NativeSelect
      label={label}
      value={value}
      data={data.map(one => ({ ...one }))}
      onChange={event => {
        const chosen = data.find(one => one.value === event.currentTarget.value)
        if (chosen) onChange(chosen.value)
      }}
    />
  )
}

interface ListedProps {
  readonly label: string
  readonly description?: string
  readonly values: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}

/** Keeps what is typed, commas and all, while the list follows. */
function Listed({ label, description, values, onChange }: ListedProps) {
  const [text, setText] = useState(values.join(', '))
  return (
    <TextInput
      className={styles.grow ?? ''}
      label={label}
      {...(description === undefined ? {} : { description })}
      value={text}
      onChange={event => {
        setText(event.currentTarget.value)
        onChange(
          event.currentTarget.value
            .split(',')
            .map(part => part.trim())
            .filter(Boolean),
        )
      }}
    />
  )
}

interface CodesProps {
  readonly transform: Extract<Transform, { kind: 'codes' }>
  readonly onChange: (transform: Transform) => void
}

function Codes({ transform, onChange }: CodesProps) {
  const [text, setText] = useState(codesText(transform.table))
  return (
    <div className={styles.line}>
      <Textarea
        className={styles.grow ?? ''}
        label="One code a line: F = female"
        autosize
        minRows={3}
        maxRows={10}
        value={text}
        onChange={event => {
          setText(event.currentTarget.value)
          onChange({ ...transform, table: codesOf(event.currentTarget.value) })
        }}
      />
      <Choice
        label="Anything else"
        value={transform.otherwise}
        data={[
          { value: 'refuse', label: 'refuse the person' },
          { value: 'keep', label: 'keep it' },
          { value: 'blank', label: 'leave it empty' },
        ]}
        onChange={otherwise => onChange({ ...transform, otherwise })}
      />
    </div>
  )
}
