import type pg from 'pg'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { findPeople } from '../../../src/replication/people/known-people.ts'
import { recomputePeople } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { joinedLaptop } from '../central/logins.ts'
import { migratedDatabase } from '../central/migrated.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const postgres = startPostgres()
let owner: pg.Client
/** Of partner 1, as a laptop comes: under row security. */
let laptop: pg.Client

const register = (partner: number, first: string, last: string, email: string | null = null) =>
  owner.query(
    `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
       first_name, last_name, email, hash_key) VALUES ($1, $2, $3, 'runsignup', $4, $5, $6, $7, 'x')`,
    [partner, uuidOf(`${partner} ${first} ${last}`), uuidOf('5K'), `${first} ${last}`, first, last, email],
  )
const compute = (partner: number) => recomputePeople(owner, partner, { signal: new AbortController().signal })
const found = async (q: string) => (await findPeople(laptop, 1, q, 20)).map(({ name }) => name)

beforeAll(async () => {
  const database = await migratedDatabase(postgres, ['Harbor', 'Fog'])
  owner = database.owner
  laptop = await joinedLaptop(postgres, database, 'Harbor', '018f0000-0000-7000-8000-000000000001')
  await register(1, 'Søren', "O'Brien-Müller", 'Soren.M@Example.org')
  await register(1, 'Ana', 'van der Berg', 'ana@example.org')
  await register(1, 'Ana', 'Ruiz', 'ruiz@example.org')
  await register(1, '小龍', '李')
  await register(2, 'Ana', 'Fog')
  await compute(1)
  await compute(2)
})

describe('people over events are found', () => {
  test.each<readonly [q: string, names: readonly string[]]>([
    ['ana', ['Ana Ruiz', 'Ana van der Berg']],
    ['AN ru', ['Ana Ruiz']],
    ['berg', ['Ana van der Berg']],
    ['berg ana', ['Ana van der Berg']],
    ['muller', ["Søren O'Brien-Müller"]],
    ['SOREN MÜLL', ["Søren O'Brien-Müller"]],
    ['obrien', ["Søren O'Brien-Müller"]],
    ['o’brien', ["Søren O'Brien-Müller"]],
    ['soren.m@exam', ["Søren O'Brien-Müller"]],
    ['李', ['小龍 李']],
    ['ana nobody', []],
    ['fog', []],
    ['%_', []],
    ['--', []],
  ])('by the beginnings of their words: %s', async (q, names) => {
    expect([...(await found(q))].sort()).toEqual([...names].sort())
  })

  test('by the name they have now, not by the one they had', async () => {
    await register(1, 'Cy', 'Before')
    await compute(1)
    expect(await found('cy before')).toEqual(['Cy Before'])
    await owner.query(`UPDATE normalized_participants SET last_name = 'After' WHERE last_name = 'Before'`)
    await compute(1)
    expect(await found('before')).toEqual([])
    expect(await found('cy after')).toEqual(['Cy After'])
    await owner.query(
      `UPDATE normalized_participants SET first_name = NULL, last_name = NULL WHERE last_name = 'After'`,
    )
    await compute(1)
    expect(await found('after')).toEqual([])
  })

  test('by the words’ own index, under row security too', async () => {
    await owner.query(
      `INSERT INTO trackside.person_words SELECT 1, 'word' || n, gen_random_uuid() FROM generate_series(1, 20000) n`,
    )
    await owner.query('ANALYZE trackside.person_words')
    const { rows } = await laptop.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (COSTS OFF) SELECT global_participant_id FROM trackside.person_words WHERE timing_partner_id = 1 AND word ^@ 'rui'`,
    )
    const plan = rows.map(row => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Cond: .*acting|Index Cond: .*InitPlan/)
    expect(plan).toMatch(/Index Cond: .*word >= 'rui'/)
  })

  test('and the words are the registrations’ own, each once', async () => {
    const { rows } = await owner.query(`
      SELECT k.word FROM trackside.person_words k JOIN global_participants g USING (timing_partner_id, global_participant_id)
      EXCEPT ALL SELECT word FROM (
        SELECT DISTINCT global_participant_id, word FROM normalized_participants p,
          unnest(trackside.name_words(concat_ws(' ', p.first_name, p.last_name, p.email))) AS word
        WHERE p.global_participant_id IS NOT NULL) said`)
    expect(rows).toEqual([])
  })
})
