import type { ErrorCode } from '../../core/errors.ts'
import type { Evidence, Operation } from '../../core/settings.ts'
import type { Ability, Deviation } from '../../providers/provider.ts'

export type VerifiedOperation = Ability | 'ensure-event' | 'read-back'

/** What came of looking at one operation. */
export interface Finding {
  readonly operation: VerifiedOperation
  /**
   * ok: as expected. deviates: something came otherwise. failed: no answer, or a refusal. skipped: not looked at, this
   * time. cannot: the provider does not do it.
   */
  readonly outcome: 'ok' | 'deviates' | 'failed' | 'skipped' | 'cannot'
  readonly expected: string
  /** What came, or why nothing did. */
  readonly came: string
  readonly code: ErrorCode | null
  readonly deviations: readonly Deviation[]
  /** Fields that nobody spoke of: they pass, and may be mapped. */
  readonly newFields: readonly string[]
  /** How sure everybody was of it before. */
  readonly evidence: Evidence | null
  /** It was inferred, and from now on counts as observed with this account. */
  readonly confirmed: boolean
  readonly calls: number
}

/** What a step saw, in words, and what that confirms; null: it says nothing of whether the operation works. */
export interface Seen {
  readonly kind: 'seen'
  readonly came: string
  readonly confirms: string | null
  readonly deviations?: readonly Deviation[]
}

export interface Skipped {
  readonly kind: 'skipped'
  readonly why: string
}

export interface Step {
  readonly operation: VerifiedOperation
  /** Whose evidence it is about. */
  readonly covers: Operation | null
  readonly expected: string
  readonly run: () => Promise<Seen | Skipped>
}

export const skipped = (why: string): Skipped => ({ kind: 'skipped', why })

export const seen = (came: string, confirms: string | null, deviations: readonly Deviation[] = []): Seen => ({
  kind: 'seen',
  came,
  confirms,
  deviations,
})
