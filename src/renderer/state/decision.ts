import type { OverrideField } from '../../core/model.ts'

/** Something the crew did that one key undoes. */
export type Decision =
  | {
      readonly kind: 'field'
      readonly words: string
      readonly personId: string
      readonly field: OverrideField
      /** The crew's decision that stood before; null when the source counted. */
      readonly before: { readonly value: unknown; readonly reason: string | null } | null
    }
  | { readonly kind: 'read'; readonly words: string; readonly readId: number }
  | {
      readonly kind: 'chip'
      readonly words: string
      readonly chip: string
      readonly sessionId: string
    }
  | {
      readonly kind: 'swap'
      readonly words: string
      readonly personId: string
      readonly withId: string
    }
  | { readonly kind: 'walk-up'; readonly words: string; readonly personId: string }
  | { readonly kind: 'join'; readonly words: string; readonly walkUpId: string }
