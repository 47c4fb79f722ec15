import type { Connection } from '../../../../api/connections.ts'
import type { MappingShown } from '../../../../api/mapping.ts'
import { type Choice, type Rule, ruleOf } from '../../../../core/mapping.ts'
import type { Transform, TransformKind } from '../../../../core/transforms.ts'

export type MappingConfig = Connection['mappingConfig']
export type MappingRow = MappingShown['rows'][number]
export type Side = 'source' | 'target'

/** A row by what it fills: that stays while its rules change. */
export const keyOf = (row: MappingRow): string =>
  row.target === null ? `ours ${row.ours}` : `target ${row.target.field}`

/** The rule as the draft has it; where it says nothing, what the engine says of the default. */
export function ruleIn(
  config: MappingConfig,
  side: Side,
  field: string,
  otherwise: Rule | null,
): Rule | null {
  const choice: Choice | undefined = config[side][field]
  return choice === undefined ? otherwise : ruleOf(choice)
}

/** @param choice undefined: the provider's default again */
export function withChoice(
  config: MappingConfig,
  side: Side,
  field: string,
  choice: Choice | undefined,
): MappingConfig {
  const { [field]: _, ...others } = config[side]
  return { ...config, [side]: choice === undefined ? others : { ...others, [field]: choice } }
}

/** What a form begins with. */
export function newTransform(kind: TransformKind): Transform {
  switch (kind) {
    case 'trim':
      return { kind }
    case 'case':
      return { kind, to: 'title' }
    case 'date':
      return { kind, from: ['MM/DD/YYYY'], to: 'YYYY-MM-DD' }
    case 'codes':
      return { kind, table: [], otherwise: 'refuse' }
    case 'join':
      return { kind, separator: ' ' }
    case 'split':
      return { kind, separator: ' ', part: 1 }
    case 'default':
      return { kind, value: '' }
    case 'only-if':
      return { kind, field: '', test: 'is', values: [] }
    case 'cut':
      return { kind, length: 20 }
  }
}
