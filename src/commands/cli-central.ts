import { join } from 'node:path'
import { connectByUrl } from '../replication/central/connect.ts'
import { migrateCentral } from '../replication/central/migrate.ts'
import type { AloneCommand } from './cli-command.ts'
import { importLegacyCommand, peopleCommand } from './cli-legacy.ts'
import { ROOT } from './project.ts'

const MIGRATIONS = join(ROOT, 'drizzle', 'central')

const migrate: AloneCommand = {
  usage: 'central migrate',
  help: 'brings a central database to what this program knows; --url URL, or DATABASE_URL, by its owner',
  async alone({ values }) {
    const client = await connectByUrl(values.url ?? process.env.DATABASE_URL)
    try {
      const applied = await migrateCentral(client, MIGRATIONS)
      const lines =
        applied.length === 0 ? ['Nothing to do: it has all of it.'] : applied.map(name => `applied ${name}`)
      return { data: { applied }, lines, ok: true }
    } finally {
      await client.end()
    }
  },
}

export const CENTRAL_COMMANDS: readonly AloneCommand[] = [migrate, importLegacyCommand, peopleCommand]
