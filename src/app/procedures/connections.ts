import { AppError, isAppError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/runtime.ts'
import { abilitiesOf } from '../../providers/abilities.ts'
import { providerById, providers } from '../../providers/index.ts'
import type { Provider } from '../../providers/provider.ts'
import {
  allConnections,
  type ConnectionRow,
  connectionById,
  connectionEventOf,
  forgetTargets,
  saveMapping,
  scoredEvents,
} from '../../store/connections.ts'
import { newId } from '../../store/ids.ts'
import { rowWhere } from '../../store/rows.ts'
import { auditable } from '../../store/writer.ts'
import { openAccount, openSide, type Side } from '../../sync/account.ts'
import { desiredEntries, toEntry } from '../../sync/entries.ts'
import { renormalize } from '../../sync/source-rows.ts'
import { connectionShown } from '../connection-shown.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { refuseWrongMapping } from './mapping.ts'

const described = (provider: Provider) => ({
  id: provider.id,
  name: provider.name,
  roles: [...provider.roles],
  settings: provider.settings.map(setting => ({ ...setting })),
  limit: { ...provider.limit },
  fields: provider.fields.map(({ codes, transforms, ...field }) => ({
    ...field,
    ...(codes && { codes: [...codes] }),
    ...(transforms && { transforms: [...transforms] }),
  })),
  evidence: { ...provider.evidence },
  cannot: { ...provider.cannot },
  abilities: [...abilitiesOf(provider)],
})

/** @throws AppError input.invalid when the two do not fit together */
function checkPair(source: string, target: string): void {
  if (!providerById(source).participants) {
    throw new AppError('input.invalid', `source_provider: ${source} gives no registrations.`)
  }
  if (!providerById(target).entries) {
    throw new AppError('input.invalid', `target_provider: ${target} takes no entries.`)
  }
}

interface Tested {
  readonly ok: boolean
  readonly account: string | null
  readonly details: string[]
  readonly code: string | null
  readonly message: string
}

/** Trouble at one side is the answer, not an exception. */
async function tested(
  check: () => Promise<{ readonly name: string; readonly details: readonly string[] }>,
): Promise<Tested> {
  try {
    const account = await check()
    return {
      ok: true,
      account: account.name,
      details: [...account.details],
      code: null,
      message: `Works: ${account.name}`,
    }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { ok: false, account: null, details: [], code: error.code, message: error.message }
  }
}

export function connectionProcedures(parts: AppParts) {
  const { store, keys, sync } = parts

  const existing = (id: string): ConnectionRow => {
    const connection = connectionById(store.read, id)
    if (connection === null) throw new AppError('not-found', `There is no connection ${id}.`)
    return connection
  }
  const shown = (id: string) => connectionShown(parts, existing(id))

  const testSide = (connection: ConnectionRow, side: Side, signal: AbortSignal) =>
    tested(async () => {
      const account = await openSide(sync.accounts, connection, side, { signal, urgent: true })
      return account.provider.check(account.context)
    })

  return {
    providers: os.connections.providers.handler(() => ({ providers: providers.map(described) })),
    list: os.connections.list.handler(async () => ({
      connections: await Promise.all(
        allConnections(store.read).map(connection => connectionShown(parts, connection)),
      ),
    })),
    get: os.connections.get.handler(({ input }) => shown(input.id)),
    create: os.connections.create.handler(async ({ input, context }) => {
      checkPair(input.sourceProvider, input.targetProvider)
      refuseWrongMapping(input.mappingConfig, input.targetProvider)
      const id = newId()
      const same = rowWhere(
        store.read,
        'provider_connections',
        'connection_name = ? AND source_provider = ? AND target_provider = ?',
        input.connectionName,
        input.sourceProvider,
        input.targetProvider,
      )
      if (same !== null && same.deletedAt === null) {
        throw new AppError(
          'conflict',
          `There is a connection "${input.connectionName}" between these two already.`,
        )
      }
      const rowId = same?.id ?? id
      await keys.change(rowId, 'source', input.sourceCredentials)
      await keys.change(rowId, 'target', input.targetCredentials)
      store.write(writer => {
        const row: ConnectionRow = {
          id: rowId,
          timingPartnerId: writer.partnerId,
          connectionName: input.connectionName,
          sourceProvider: input.sourceProvider,
          targetProvider: input.targetProvider,
          sourceSettings: input.sourceSettings,
          targetSettings: input.targetSettings,
          events: input.events,
          scheduleMode: input.schedule.mode,
          scheduleIntervalMinutes: input.schedule.intervalMinutes,
          autoSyncEnabled: input.autoSyncEnabled,
          inferredAllowed: input.inferredAllowed,
          credentialsUpdatedAt: writer.at,
          lastSyncAt: null,
          lastSuccessAt: null,
          eventsSyncedAt: null,
          deletedAt: null,
          createdBy: writer.actor,
          clock: writer.clock,
          createdAt: writer.at,
          updatedAt: writer.at,
        }
        writer.put('provider_connections', row)
        writer.audit({
          action: 'connection added',
          table: 'provider_connections',
          rowId,
          before: null,
          after: auditable(row),
        })
        saveMapping(writer, rowId, input.mappingConfig)
      }, context.who.name)
      return shown(rowId)
    }),
    update: os.connections.update.handler(async ({ input, context }) => {
      const before = existing(input.id)
      if (input.mappingConfig) refuseWrongMapping(input.mappingConfig, before.targetProvider)
      await keys.change(input.id, 'source', input.sourceCredentials ?? {})
      await keys.change(input.id, 'target', input.targetCredentials ?? {})
      const newKeys = input.sourceCredentials !== undefined || input.targetCredentials !== undefined
      store.write(writer => {
        const row: ConnectionRow = {
          ...before,
          connectionName: input.connectionName ?? before.connectionName,
          sourceSettings: input.sourceSettings ?? before.sourceSettings,
          targetSettings: input.targetSettings ?? before.targetSettings,
          events: input.events ?? before.events,
          scheduleMode: input.schedule?.mode ?? before.scheduleMode,
          scheduleIntervalMinutes: input.schedule
            ? input.schedule.intervalMinutes
            : before.scheduleIntervalMinutes,
          autoSyncEnabled: input.autoSyncEnabled ?? before.autoSyncEnabled,
          inferredAllowed: input.inferredAllowed ?? before.inferredAllowed,
          credentialsUpdatedAt: newKeys ? writer.at : before.credentialsUpdatedAt,
          // Other events or another account: what there is must be asked for again.
          eventsSyncedAt: input.events || input.sourceSettings ? null : before.eventsSyncedAt,
          clock: writer.clock,
          updatedAt: writer.at,
        }
        writer.put('provider_connections', row)
        writer.audit({
          action: 'connection changed',
          table: 'provider_connections',
          rowId: row.id,
          before: auditable(before),
          after: auditable(row),
        })
        if (JSON.stringify(row.targetSettings) !== JSON.stringify(before.targetSettings))
          forgetTargets(writer, row.id)
        if (input.mappingConfig) saveMapping(writer, row.id, input.mappingConfig)
      }, context.who.name)
      if (input.mappingConfig)
        await renormalize(store, existing(input.id), providerById(before.sourceProvider))
      return shown(input.id)
    }),
    remove: os.connections.remove.handler(async ({ input, context }) => {
      const before = existing(input.id)
      store.write(writer => {
        writer.put('provider_connections', {
          ...before,
          deletedAt: writer.at,
          clock: writer.clock,
          updatedAt: writer.at,
        })
        writer.audit({
          action: 'connection taken away',
          table: 'provider_connections',
          rowId: before.id,
          before: auditable(before),
          after: null,
        })
      }, context.who.name)
      await keys.forget(input.id)
      return { success: true as const }
    }),
    test: os.connections.test.handler(async ({ input, signal }) => {
      const connection = existing(input.id)
      const stop = signal ?? new AbortController().signal
      const [source, target] = await Promise.all([
        testSide(connection, 'source', stop),
        testSide(connection, 'target', stop),
      ])
      return { ok: source.ok && target.ok, source, target }
    }),
    tryOut: os.connections.tryOut.handler(async ({ input, signal }) => {
      checkPair(input.sourceProvider, input.targetProvider)
      const stop = signal ?? new AbortController().signal
      const side = (id: string, settings: JsonObject, credentials: JsonObject) =>
        tested(async () => {
          const given = openAccount(
            sync.accounts,
            providerById(id),
            settings as Record<string, string>,
            credentials as Record<string, string>,
            { signal: stop, urgent: true },
          )
          return given.provider.check(given.context)
        })
      const [source, target] = await Promise.all([
        side(input.sourceProvider, input.sourceSettings, input.sourceCredentials),
        side(input.targetProvider, input.targetSettings, input.targetCredentials),
      ])
      return { ok: source.ok && target.ok, source, target }
    }),
    sourceEvents: os.connections.sourceEvents.handler(async ({ input, signal }) => {
      const connection = existing(input.id)
      const stop = signal ?? new AbortController().signal
      const source = await openSide(sync.accounts, connection, 'source', {
        signal: stop,
        urgent: true,
      })
      const events = []
      for await (const page of source.provider.events(source.context)) {
        for (const event of page.items) {
          const { sourceEventId, sourceRaceId, raceName, eventName, eventDate, startAt, timezone } = event
          events.push({ sourceEventId, sourceRaceId, raceName, eventName, eventDate, startAt, timezone })
        }
      }
      return { events }
    }),
    export: os.connections.export.handler(({ input }) => {
      const connection = existing(input.id)
      const target = providerById(connection.targetProvider)
      if (!target.entries) throw new AppError('provider.unsupported', `${target.name} takes no entries.`)
      const rows = scoredEvents(store.read, connection, parts.config.clock()).flatMap(event => {
        const state = connectionEventOf(store.read, connection.id, event.id)
        const race = state?.targetName ?? event.eventName
        return desiredEntries(store.read, connection, event, target)
          .filter(desired => desired.refusals.length === 0)
          .map(desired => ({ ...toEntry(desired, race), values: desired.values }))
      })
      return { ...target.entries.file(rows, connection.targetSettings), rows: rows.length }
    }),
  }
}
