import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { followPartner } from '../../../src/replication/hub/follow-partner.ts'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from '../central/migrated.ts'

const postgres = startPostgres()

test('rows, logins and the feed of a hub become the other partner’s, and nobody has to read them again', async () => {
  const { owner } = await migratedDatabase(postgres)
  await followPartner(owner, { id: 0, name: 'This laptop' })
  const [day, session] = [randomUUID(), randomUUID()]
  await owner.query('INSERT INTO race_days (timing_partner_id, id, name) VALUES (0, $1, $2)', [day, 'Harbor'])
  await owner.query(
    `INSERT INTO timing_reads (timing_partner_id, session_id, identity, chip) VALUES (0, $1, 'r1', '7'), (0, $1, 'r2', '8')`,
    [session],
  )
  await owner.query(
    `INSERT INTO partner_memberships (login, role, timing_partner_id, holder) VALUES ('desk', 'laptop', 0, 'Help desk')`,
  )
  const feed = async (partner: number) =>
    (
      await owner.query<{ xid: string; seq: string; name: string }>(
        'SELECT xid::text, seq::text, table_name AS name FROM changes WHERE timing_partner_id = $1 ORDER BY 1, 2',
        [partner],
      )
    ).rows
  const before = await feed(0)
  expect(before.map(({ name }) => name)).toEqual(['race_days', 'timing_reads'])

  expect(await followPartner(owner, { id: 7, name: 'Harbor Timing' })).toBe(0)

  expect(await feed(7)).toEqual(before)
  expect(await feed(0)).toEqual([])
  const counted = await owner.query<{ days: number; reads: number; logins: number; partners: string }>(`SELECT
    (SELECT count(*)::int FROM race_days WHERE timing_partner_id = 7) AS days,
    (SELECT count(*)::int FROM timing_reads WHERE timing_partner_id = 7) AS reads,
    (SELECT count(*)::int FROM partner_memberships WHERE timing_partner_id = 7) AS logins,
    (SELECT string_agg(id || ' ' || name, ', ') FROM public.timing_partners) AS partners`)
  expect(counted.rows).toEqual([{ days: 1, reads: 2, logins: 1, partners: '7 Harbor Timing' }])
  const { rows } = await owner.query(`SELECT current_setting('session_replication_role') AS role`)
  expect(rows).toEqual([{ role: 'origin' }])
})

test('the same partner under another name takes the name, and twice does no harm', async () => {
  const { owner } = await migratedDatabase(postgres)
  await followPartner(owner, { id: 7, name: 'Harbor' })
  expect(await followPartner(owner, { id: 7, name: 'Harbor Timing' })).toBeNull()
  const { rows } = await owner.query('SELECT id, name FROM public.timing_partners')
  expect(rows).toEqual([{ id: 7, name: 'Harbor Timing' }])
})
