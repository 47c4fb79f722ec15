import { AppError, type ErrorCode, isAppError } from '../../core/errors.ts'
import type { Ability, Deviation, Watch } from '../../providers/provider.ts'
import type { Store } from '../../store/store.ts'
import type { Account } from '../account.ts'
import { forgetSeen, noteSeen } from '../evidence.ts'
import { freezeOf } from '../freeze.ts'
import type { Wait } from '../publish.ts'
import { type Finding, type Seen, type Skipped, type Step, skipped } from './finding.ts'
import { type Lookup, lookAtPublished, nothingFound, readingSteps } from './look.ts'
import { publishOne, pushOne, type Writing, writeNumber } from './write.ts'

export interface VerifyChoice {
  /** The event to look at, by id or name; null: the nearest that has somebody. */
  readonly event: string | null
  /** Sends a marked test entry, and a bib where a registration is named. */
  readonly write: boolean
  readonly bib: string | null
  readonly registration: string | null
  /** Sends a test result of nobody. */
  readonly publish: boolean
  /** Whether what is written goes where what is read comes from. */
  readonly writesReach: boolean
}

export interface VerifyParts {
  readonly store: Store
  readonly wait: Wait
  /** Calls made so far. */
  readonly calls: () => number
  /** Why the provider does not do it; null: it does. */
  readonly cannot: (ability: Ability) => string | null
  readonly onStep: (operation: string, done: readonly Finding[]) => void
}

/** After these nothing else will go better. */
const HOPELESS: readonly ErrorCode[] = [
  'network.unreachable',
  'network.timeout',
  'provider.keys-refused',
  'provider.throttled',
]

/** @throws AppError input.invalid for what must not be asked for like that */
export function refuseUnclear(choice: VerifyChoice): void {
  if ((choice.write || choice.publish) && choice.event === null)
    throw new AppError('input.invalid', 'What is written goes to an event that is named: --event NAME or ID.')
  if (choice.registration !== null && (!choice.write || choice.bib === null))
    throw new AppError('input.invalid', 'A registration is given a bib: --write --registration ID --bib N.')
}

/**
 * Holds every operation of a provider against what is known of it, with an account's own keys. Reads only, but for what was
 * asked for. An inferred operation that was seen to work is remembered for the account; one that deviates is not
 * trusted any more.
 */
export async function verify(
  parts: VerifyParts,
  opened: Account,
  choice: VerifyChoice,
): Promise<readonly Finding[]> {
  refuseUnclear(choice)
  const watch = opened.provider.watch(opened.context.fetch)
  const account: Account = { ...opened, context: { ...opened.context, fetch: watch.fetch } }
  const found = nothingFound()
  // What was written is looked for among everybody.
  const whole: Account = { ...opened, context: { ...opened.context, fetch: watch.whole } }
  const writing: Writing = { ...choice, account: whole, found, wait: parts.wait }
  const findings: Finding[] = []
  let hopeless: string | null = null
  for (const step of stepsOf(parts, { account, found, event: choice.event }, writing, choice)) {
    account.context.signal.throwIfAborted()
    parts.onStep(step.operation, findings)
    const wasHopeless = hopeless
    const one = await taken(parts, account, watch, {
      ...step,
      ...(wasHopeless !== null && { run: async () => skipped(wasHopeless) }),
    })
    findings.push(one)
    if (one.code !== null && (HOPELESS.includes(one.code) || one.operation === 'authenticate'))
      hopeless ??= `Not tried, for ${one.operation} failed.`
  }
  return findings
}

function stepsOf(parts: VerifyParts, look: Lookup, writing: Writing, choice: VerifyChoice): readonly Step[] {
  const { provider } = look.account
  const read = readingSteps(look)
  const write = (run: () => Promise<Seen | Skipped>, asked: boolean, flag: string) => async () => {
    if (!asked) return skipped(`It writes to ${provider.name}: only with ${flag} and an event that is named.`)
    if (!choice.writesReach)
      return skipped('Its test host is only for reading: what is written would go to the real one.')
    const frozen = freezeOf(parts.store.read)
    return frozen === null ? run() : skipped(`Pushing is frozen by ${frozen.by}.`)
  }
  return [
    read.authenticate,
    read.events,
    read.participants,
    ...(provider.entries ? [read.ensureEvent] : []),
    { ...LATER, operation: 'create-event', expected: 'an event is made where there is none' },
    {
      operation: 'push',
      covers: 'push',
      expected: 'a test entry is taken, and comes back as sent',
      run: write(() => pushOne(writing), choice.write, '--write'),
    },
    ...(provider.entries ? [read.readBack] : []),
    read.results,
    {
      operation: 'publish',
      covers: 'publish',
      expected: choice.publish
        ? 'a test result is taken, and comes back as sent'
        : 'where results are published can be read',
      run: choice.publish ? write(() => publishOne(writing), true, '--publish') : () => lookAtPublished(look),
    },
    read.fieldMapping,
    {
      operation: 'write-back',
      covers: 'write-back',
      expected: 'a bib is taken, and comes back',
      run: write(() => writeNumber(writing), choice.write, '--write'),
    },
  ]
}

const LATER = { covers: null, run: async () => skipped('It is not tried.') }

const isAbility = (operation: Step['operation']): operation is Ability =>
  operation !== 'ensure-event' && operation !== 'read-back'

/** @throws what is no trouble of the provider's */
function troubleIn(error: unknown): AppError {
  if (isAppError(error) && error.code !== 'cancelled') return error
  throw error
}

async function taken(parts: VerifyParts, account: Account, watch: Watch, step: Step): Promise<Finding> {
  const { operation, covers, expected } = step
  const evidence = covers === null ? null : (account.provider.evidence[covers] ?? null)
  const base = {
    ...{ operation, expected, evidence },
    ...{ code: null, deviations: [], newFields: [], confirmed: false, calls: 0 },
  }
  const why = isAbility(operation) ? parts.cannot(operation) : null
  if (why !== null) return { ...base, outcome: 'cannot', came: why }
  const before = parts.calls()
  let seen: Seen | Skipped | null = null
  let trouble: AppError | null = null
  const deviations: Deviation[] = []
  try {
    seen = await step.run()
    if (seen.kind === 'seen') deviations.push(...(seen.deviations ?? []))
  } catch (error) {
    trouble = troubleIn(error)
  }
  try {
    // Lists that cannot be walked may be so because of their pages.
    if (seen?.kind === 'seen' || trouble?.code === 'provider.unreadable')
      deviations.push(...(await watch.tryPages(account.context)))
  } catch (error) {
    trouble ??= troubleIn(error)
  }
  const judged = await watch.judge()
  deviations.push(...judged.deviations)
  const calls = parts.calls() - before
  const rest = { ...base, deviations, newFields: judged.newFields, calls }
  if (deviations.length > 0) {
    if (covers !== null && evidence === 'inferred') forgetSeen(parts.store, account, covers)
    const came = trouble?.message ?? (seen?.kind === 'seen' ? seen.came : (seen?.why ?? ''))
    return { ...rest, outcome: 'deviates', came, code: trouble?.code ?? null }
  }
  if (trouble !== null) return { ...rest, outcome: 'failed', came: trouble.message, code: trouble.code }
  if (seen === null || seen.kind === 'skipped') return { ...rest, outcome: 'skipped', came: seen?.why ?? '' }
  const confirmed = covers !== null && evidence === 'inferred' && seen.confirms !== null
  if (confirmed && covers !== null) noteSeen(parts.store, account, covers, `checked: ${seen.confirms}`)
  return { ...rest, outcome: 'ok', came: seen.came, confirmed }
}
