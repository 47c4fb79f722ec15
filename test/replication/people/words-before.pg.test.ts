import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import { addPartner } from '../../../src/replication/central/partners.ts'
import { findPeople } from '../../../src/replication/people/known-people.ts'
import { recomputePeople } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { asUser, joinedLaptop } from '../central/logins.ts'
import { CENTRAL_MIGRATIONS } from '../central/migrated.ts'

const postgres = startPostgres()

test('whoever was compared before their words were kept is found too, also where the owner of the tables is no superuser', async () => {
  const url = await postgres.freshDatabase()
  const root = await postgres.connect(url)
  await root.query(`CREATE ROLE company LOGIN CREATEROLE PASSWORD 'x'`)
  await root.query(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" OWNER TO company`)
  const company = await postgres.connect(asUser(url, { user: 'company', password: 'x' }))
  const before = mkdtempSync(join(tmpdir(), 'trackside-before-'))
  try {
    for (const name of readdirSync(CENTRAL_MIGRATIONS))
      if (!(name >= '0026')) copyFileSync(join(CENTRAL_MIGRATIONS, name), join(before, name))
    await migrateCentral(company, before)
  } finally {
    rmSync(before, { recursive: true })
  }
  await addPartner(company, 'One')
  const own = await joinedLaptop(postgres, { url, owner: company }, 'One', uuidOf('first'))
  await own.query(
    `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
       first_name, last_name, hash_key) VALUES (1, $1, $1, 'runsignup', 'a', 'Ana', 'Ruiz', 'x')`,
    [uuidOf('a')],
  )
  await recomputePeople(own, 1, { signal: new AbortController().signal })
  await migrateCentral(company, CENTRAL_MIGRATIONS)
  expect(await findPeople(own, 1, 'rui', 20)).toMatchObject([{ name: 'Ana Ruiz' }])
  expect((await company.query('SELECT FROM normalized_participants')).rowCount).toBe(0)
})
