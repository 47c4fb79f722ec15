import { AppError } from '../../core/errors.ts'
import { abilitiesOf } from '../../providers/abilities.ts'
import { providerById } from '../../providers/index.ts'
import type { Provider } from '../../providers/provider.ts'
import { connectionById } from '../../store/connections.ts'
import { openAccount } from '../../sync/account.ts'
import { refuseDoubt, refuseElsewhere } from '../../sync/centre.ts'
import { refuseUnclear, verify } from '../../sync/verify/verify.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

type Texts = Readonly<Record<string, string>>

export function verificationProcedures(parts: AppParts) {
  const { store, keys, sync, config } = parts
  /** Checks that run, by provider. */
  const running = new Map<string, { operation: string; done: number; calls: number }>()

  /** @throws AppError not-found, input.invalid */
  async function keysOf(
    provider: Provider,
    connectionId: string | null,
    given: { readonly settings: Texts; readonly credentials: Texts },
  ): Promise<{ readonly settings: Texts; readonly credentials: Texts }> {
    if (connectionId === null) return given
    const connection = connectionById(store.read, connectionId)
    if (connection === null) throw new AppError('not-found', `There is no connection ${connectionId}.`)
    const side =
      connection.sourceProvider === provider.id
        ? 'source'
        : connection.targetProvider === provider.id
          ? 'target'
          : null
    if (side === null)
      throw new AppError(
        'input.invalid',
        `${connection.connectionName} has nothing to do with ${provider.name}.`,
      )
    const kept = side === 'source' ? connection.sourceSettings : connection.targetSettings
    return { settings: { ...kept, ...given.settings }, credentials: await keys.read(connection.id, side) }
  }

  return {
    run: os.verification.run.handler(async ({ input, context, signal }) => {
      const provider = providerById(input.provider)
      if (running.has(provider.id))
        throw new AppError('conflict', `${provider.name} is being checked already.`)
      const { event, write, bib, registration, publish } = input
      const account = await keysOf(provider, input.connectionId, input)
      const own = (account.settings.base_url ?? '').trim() !== ''
      const testHost = own || input.live ? undefined : provider.testHost
      const settings = { ...account.settings, ...testHost?.settings }
      const choice = { event, write, bib, registration, publish, writesReach: testHost?.writes ?? true }
      refuseUnclear(choice)
      const writes = write || publish || bib !== null
      // Of a connection: another laptop may be sending with the same keys.
      const turnOf = writes ? input.connectionId : null
      const until = signal ?? new AbortController().signal
      if (turnOf !== null) {
        await refuseDoubt(sync.centre, turnOf, input.anyway)
        if (input.anyway) await sync.centre.takeOver(turnOf, until)
      }
      let calls = 0
      const hosts = new Set<string>()
      const opened = openAccount(
        {
          ...sync.accounts,
          fetch: (asked, init) => {
            hosts.add(new URL(asked instanceof Request ? asked.url : asked).host)
            return sync.accounts.fetch(asked, init)
          },
        },
        provider,
        settings,
        account.credentials,
        {
          signal: until,
          urgent: true,
          called: () => {
            calls += 1
          },
          may: () => {
            if (turnOf !== null) refuseElsewhere(sync.centre.standing(turnOf), input.anyway)
          },
        },
      )
      if (write || publish)
        store.write(
          writer =>
            writer.audit({
              action: 'check of a provider that writes',
              table: 'evidence_seen',
              rowId: provider.id,
              before: null,
              after: { event, write, bib, registration, publish },
            }),
          context.who.name,
        )
      const able = abilitiesOf(provider)
      try {
        const findings = await verify(
          {
            store,
            wait: sync.wait,
            calls: () => calls,
            cannot: ability => {
              const found = able.find(one => one.ability === ability)
              return found === undefined || found.does ? null : found.why
            },
            onStep: (operation, done) => running.set(provider.id, { operation, done: done.length, calls }),
          },
          opened,
          choice,
        )
        parts.topics.changed('connections')
        return {
          provider: provider.id,
          providerName: provider.name,
          host: [...hosts].join(', '),
          testHost: testHost?.help ?? null,
          at: config.clock(),
          calls,
          ok: findings.every(({ outcome }) => outcome !== 'deviates' && outcome !== 'failed'),
          findings: findings.map(one => ({
            ...one,
            deviations: [...one.deviations],
            newFields: [...one.newFields],
          })),
        }
      } finally {
        running.delete(provider.id)
      }
    }),
    progress: os.verification.progress.handler(({ input }) => ({
      progress: running.get(input.provider) ?? null,
    })),
  }
}
