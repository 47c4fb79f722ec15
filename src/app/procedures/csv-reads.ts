import { AppError } from '../../core/errors.ts'
import { sessionContext } from '../../store/reads.ts'
import { previewCsv } from '../../timing/csv-preview.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

export function csvReadsProcedures({ store }: AppParts) {
  return {
    preview: os.csvReads.preview.handler(async ({ input, signal }) => {
      const { sessionId, file, text, location = null, csvColumns = null } = input
      const session = sessionContext(store.read, sessionId)
      if (session === null) throw new AppError('not-found', `There is no timing session ${sessionId}.`)
      if (file === undefined && text === undefined)
        throw new AppError('input.invalid', 'text or file is needed.')
      const bytes =
        file === undefined ? new TextEncoder().encode(text) : new Uint8Array(await file.arrayBuffer())
      const fileName = file instanceof File ? file.name : 'the file'
      const columns = csvColumns && { ...csvColumns, time: csvColumns.time ?? '' }
      const preview = await previewCsv(bytes, { columns, fileName, location, signal }, session)
      const { found } = preview
      return {
        ...preview,
        sample: preview.sample.map(row => [...row]),
        ...{ day: csvColumns?.day ?? session.date, timezone: session.timezone },
        found: found && {
          ...found,
          locations: [...found.locations],
          shown: [...found.shown],
          refused: [...found.refused],
        },
      }
    }),
  }
}
