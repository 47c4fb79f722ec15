import { AppError } from '../../core/errors.ts'
import { pathsOf } from '../../core/json-path.ts'
import { type MappingConfig, NO_MAPPING } from '../../core/mapping.ts'
import { checkMapping, problemsInWords } from '../../core/mapping-check.ts'
import { mappingChanges } from '../../core/mapping-words.ts'
import { providerById } from '../../providers/index.ts'
import {
  type ConnectionRow,
  connectionById,
  eventsOf,
  mappingOf,
  mappingVersions,
  saveMapping,
} from '../../store/connections.ts'
import { decode } from '../../store/rows.ts'
import { renormalize } from '../../sync/source-rows.ts'
import { os } from '../door.ts'
import { mappingFitness } from '../mapping-fitness.ts'
import { mappingShown } from '../mapping-shown.ts'
import type { AppParts } from '../parts.ts'

/** Rows that are looked through for what a provider says. */
const LOOKED_AT = 200

/** @throws AppError input.invalid with each field's problem; nothing wrong is ever saved */
export function refuseWrongMapping(mapping: MappingConfig, targetProvider: string): void {
  const problems = checkMapping(mapping, providerById(targetProvider).fields)
  if (problems.length > 0)
    throw new AppError('input.invalid', problemsInWords(problems), { details: { problems } })
}

export function mappingProcedures(parts: AppParts) {
  const { store } = parts

  const existing = (id: string): ConnectionRow => {
    const connection = connectionById(store.read, id)
    if (connection === null) throw new AppError('not-found', `There is no connection ${id}.`)
    return connection
  }

  const versionOf = (id: string, version: number): MappingConfig => {
    if (version === 0) return NO_MAPPING
    const row = mappingVersions(store.read, id).find(one => one.version === version)
    if (row === undefined) throw new AppError('not-found', `There is no version ${version} of this mapping.`)
    return row.mapping
  }

  const save = async (
    connection: ConnectionRow,
    mapping: MappingConfig,
    why: { readonly note: string | null; readonly restoredFrom: number | null },
    who: string,
  ): Promise<{ version: number }> => {
    refuseWrongMapping(mapping, connection.targetProvider)
    const before = mappingOf(store.read, connection.id).mapping
    store.write(writer => saveMapping(writer, connection.id, mapping, why), who)
    if (mappingChanges(before, mapping).some(change => change.side === 'source'))
      await renormalize(store, connection, providerById(connection.sourceProvider))
    return { version: mappingOf(store.read, connection.id).version }
  }

  return {
    shown: os.mapping.shown.handler(({ input }) => mappingShown(parts, existing(input.id), input.row, null)),
    preview: os.mapping.preview.handler(({ input }) =>
      mappingShown(parts, existing(input.id), input.row, input.mappingConfig),
    ),
    fitness: os.mapping.fitness.handler(({ input, signal }) =>
      mappingFitness(parts, existing(input.id), input.mappingConfig ?? null, signal),
    ),
    sourcePaths: os.mapping.sourcePaths.handler(({ input }) => {
      const connection = existing(input.id)
      const events = eventsOf(store.read, connection)
      const rows = store.read
        .all<Record<string, unknown>>(
          `SELECT * FROM normalized_participants
           WHERE source_provider = ? AND normalized_data IS NOT NULL
             AND normalized_event_id IN (SELECT value FROM json_each(?)) LIMIT ?`,
          connection.sourceProvider,
          JSON.stringify(events.map(event => event.id)),
          LOOKED_AT,
        )
        .map(row => decode('normalized_participants', row).normalizedData)
      return {
        rows: rows.length,
        paths: [...pathsOf(rows)].map(found => ({ ...found, samples: [...found.samples] })),
      }
    }),
    save: os.mapping.save.handler(({ input, context }) => {
      const connection = existing(input.id)
      const newest = mappingVersions(store.read, connection.id)[0]
      if (input.basedOn !== undefined && input.basedOn !== (newest?.version ?? 0))
        throw new AppError(
          'conflict',
          `${newest?.createdBy ?? 'Somebody'} saved version ${newest?.version ?? 0} meanwhile.`,
        )
      const why = { note: input.note === '' ? null : input.note, restoredFrom: null }
      return save(connection, input.mappingConfig, why, context.who.name)
    }),
    versions: os.mapping.versions.handler(({ input }) => {
      const rows = mappingVersions(store.read, existing(input.id).id)
      return {
        versions: [
          ...rows.map((row, at) => ({
            version: row.version,
            savedBy: row.createdBy,
            savedAt: row.createdAt,
            note: row.note,
            restoredFrom: row.restoredFrom,
            mappingConfig: row.mapping,
            changes: [...mappingChanges(rows[at + 1]?.mapping ?? NO_MAPPING, row.mapping)],
          })),
          {
            version: 0,
            savedBy: null,
            savedAt: null,
            note: null,
            restoredFrom: null,
            mappingConfig: NO_MAPPING,
            changes: [],
          },
        ],
      }
    }),
    diff: os.mapping.diff.handler(({ input }) => {
      const { id } = existing(input.id)
      return { changes: [...mappingChanges(versionOf(id, input.from), versionOf(id, input.to))] }
    }),
    restore: os.mapping.restore.handler(({ input, context }) => {
      const connection = existing(input.id)
      const mapping = versionOf(connection.id, input.version)
      return save(connection, mapping, { note: null, restoredFrom: input.version }, context.who.name)
    }),
  }
}
