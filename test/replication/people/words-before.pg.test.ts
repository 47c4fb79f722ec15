import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
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
  const register = (client: pg.Client, key: string, last: string) =>
    client.query(
      `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
         first_name, last_name, email, date_of_birth, hash_key)
       VALUES (1, $1, $1, 'runsignup', $2, 'Ana', $3, 'ana@example.org', '1990-02-03', 'x')`,
      [uuidOf(key), key, last],
    )
  await register(own, 'a', 'Ruiz')
  await register(own, 'b', 'Maier')
  const compute = () => recomputePeople(own, 1, { signal: new AbortController().signal })
  await compute()
  // Laptops write on meanwhile.
  const writing = await joinedLaptop(postgres, { url, owner: company }, 'One', uuidOf('second'))
  await writing.query('BEGIN')
  await register(writing, 'c', 'Late')
  await company.query(`SET lock_timeout = '5s'`)
  await migrateCentral(company, CENTRAL_MIGRATIONS)
  await writing.query('COMMIT')
  const found = async (q: string) => (await findPeople(own, 1, q, 20)).map(({ name }) => name)
  expect([...(await found('rui')), ...(await found('mai'))]).toHaveLength(1)
  expect((await company.query('SELECT FROM normalized_participants')).rowCount).toBe(0)
  await compute()
  for (const last of ['rui', 'mai', 'lat']) expect(await found(last)).toHaveLength(1)
  // The words of the person and those asked for are the same.
  const { rows } = await own.query(
    `SELECT g.words, array_agg(k.word ORDER BY k.word) AS asked FROM global_participants g
     JOIN trackside.person_words k USING (timing_partner_id, global_participant_id) GROUP BY 1`,
  )
  expect(rows).toEqual([
    { words: rows[0]?.asked, asked: ['ana', 'ana@example.org', 'late', 'maier', 'ruiz'] },
  ])
})
