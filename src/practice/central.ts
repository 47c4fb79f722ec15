import pg from 'pg'
import type { Clock, Log, Service } from '../core/runtime.ts'
import { inviteLaptop } from '../replication/central/invite.ts'
import { migrateCentral } from '../replication/central/migrate.ts'
import { addPartner } from '../replication/central/partners.ts'
import { formatConnectionCode } from '../replication/connection-code.ts'
import { createHubServer } from '../replication/hub/server.ts'
import { createMemorySecrets } from '../secrets/memory.ts'

export interface PracticeCentralParts {
  readonly dataFolder: string
  /** drizzle/central. */
  readonly migrations: string
  readonly clock: Clock
  readonly log: Log
}

/** The timing company's database of a practice race: a PostgreSQL of its own, reached by this laptop only. */
export interface PracticeCentral extends Service {
  /** A connection code for the practice laptop. Once. */
  invite(): Promise<string>
}

const DAY_MS = 86_400_000

export function createPracticeCentral(parts: PracticeCentralParts): PracticeCentral {
  const { dataFolder, migrations, clock, log } = parts
  const secrets = createMemorySecrets()
  const server = createHubServer({
    ...{ dataFolder, clock, log, secrets: () => secrets },
    ...{ binariesFolder: null, port: 0, reach: 'loopback' },
  })
  return {
    start: server.start,
    stop: server.stop,
    async invite() {
      const { host, port, user, password, database } = server.owner()
      const client = new pg.Client({ host, port, user, password, database })
      // Without a listener a connection that breaks later would end the process; the next query says it.
      client.on('error', () => {})
      await client.connect()
      try {
        await migrateCentral(client, migrations)
        const partner = await addPartner(client, 'Practice Timing')
        const expiresAt = clock() + DAY_MS
        const invited = await inviteLaptop(client, { partner, holder: 'the practice laptop', expiresAt })
        return formatConnectionCode({
          ...{ kind: 'central', name: 'practice central', expiresAt },
          login: {
            ...{ hosts: [host], port, database, user: invited.user, password: invited.password },
            trust: { kind: 'system' },
          },
        })
      } finally {
        await client.end()
      }
    },
  }
}
