import { referenceOf } from '../../../../core/mapping.ts'
import type { TransformKind } from '../../../../core/transforms.ts'
import { fieldLabel } from '../../../words/fields.ts'
import type { Side } from './draft.ts'

export const TRANSFORM_LABELS: Readonly<Record<TransformKind, string>> = {
  trim: 'Trim',
  case: 'Case',
  date: 'Date format',
  codes: 'Code table',
  join: 'Join',
  split: 'Split',
  default: 'Default',
  'only-if': 'Only if',
  cut: 'Cut',
}

/** An input of a rule as a person would say it. */
export function inputInWords(side: Side, input: string, ours: string | null): string {
  const other = referenceOf(input)
  if (other !== null)
    return side === 'source' && other === ours ? 'as the provider reads it' : `field ${other}`
  return side === 'target' ? fieldLabel(input) : input
}
