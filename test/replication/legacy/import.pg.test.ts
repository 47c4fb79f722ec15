import { describe, expect, test, vi } from 'vitest'
import type { Json } from '../../../src/core/runtime.ts'
import { normalizeResult } from '../../../src/providers/ctlive/results.ts'
import { normalizeParticipant } from '../../../src/providers/runsignup/normalize.ts'
import { PRODUCTION_TABLES } from '../../../src/rehearsal/project88/later-tables.ts'
import { fillings } from '../../../src/rehearsal/project88/rows.ts'
import { volumesOf } from '../../../src/rehearsal/project88/volumes.ts'
import { eventId, idOf, participantId } from '../../../src/store/ids.ts'
import { startPostgres } from '../../support/postgres.ts'
import { centralDatabase, copiesOf, normalizedRows, platformDatabase, runImport } from './old-platform.ts'

// A server, whole databases copied and imported: a busy machine is slow, not wrong.
vi.setConfig({ testTimeout: 120_000 })

const postgres = startPostgres()
/** The platform with a little of everything, nothing imported yet. */
const filled = copiesOf(postgres, () =>
  platformDatabase(postgres, PRODUCTION_TABLES, ...fillings(volumesOf(0.04))),
)
/** The same, imported. */
const imported = copiesOf(postgres, async () => {
  const database = await filled()
  await runImport(postgres, database.url)
  return database
})

describe('the import of the existing platform', () => {
  test('takes all 13 partners, and every old row is new, folded or refused with its reason', async () => {
    const { url, client } = await filled()
    const report = await runImport(postgres, url)
    expect(new Set(report.kinds.map(({ partner }) => partner)).size).toBe(13)
    for (const one of report.kinds) {
      expect(one.finished).toBe(true)
      expect(one.added + one.folded + one.refused, `${one.partner} ${one.kind}`).toBe(one.rowsRead)
    }
    const { rows } = await client.query<{ there: string; read: string }>(
      `SELECT (SELECT count(*) FROM ct_results) + (SELECT count(*) FROM ct_participants) + (SELECT count(*) FROM runsignup_participants) AS there,
       (SELECT sum(rows_read) FROM trackside.legacy_imports WHERE kind IN ('ct_results', 'ct_participants', 'runsignup_participants')) AS read`,
    )
    expect(rows[0]?.read).toBe(rows[0]?.there)
    const refused = report.kinds.reduce((sum, one) => sum + one.refused, 0)
    expect(report.refusals.filter(({ taken }) => !taken).length).toBeGreaterThan(0)
    expect(report.refusals.filter(({ taken }) => !taken).length).toBeLessThanOrEqual(refused)
    expect(report.refusals.map(({ reason }) => reason)).toContain('date_of_birth: "0000-00-00" is no date')
  })

  test('says every row that was not taken, however many they are', async () => {
    const { url, client } = await platformDatabase(
      postgres,
      `INSERT INTO timing_partners (timing_partner_id, company_name) VALUES (7, 'Harbor Timing')`,
    )
    const { source } = await runImport(postgres, url)
    await client.query(
      `INSERT INTO trackside.legacy_refusals (timing_partner_id, source, kind, row_key, reason, taken)
       SELECT 7, $1, 'runsignup_participants', n, 'It names no event.', false FROM generate_series(1, 50003) n`,
      [source],
    )
    const { refusals } = await runImport(postgres, url)
    expect(new Set(refusals.map(({ rowKey }) => rowKey)).size).toBe(50_003)
  })

  test('makes the ids that laptops make, and stores what a laptop reads again to the same values', async () => {
    const { client } = await imported()
    const { rows: people } = await client.query<
      Record<string, Json> & { data: Json; key: string; event_key: string }
    >(
      `SELECT p.id, p.source_participant_id AS key, e.source_event_id AS event_key, p.normalized_event_id, p.normalized_data AS data,
         p.source_version::float8 AS source_version, to_jsonb(p) AS row
       FROM normalized_participants p JOIN normalized_events e ON e.id = p.normalized_event_id AND e.timing_partner_id = p.timing_partner_id
       WHERE p.source_provider = 'runsignup'`,
    )
    expect(people.length).toBeGreaterThan(150)
    for (const person of people) {
      expect(person.id).toBe(participantId('runsignup', person.event_key, person.key))
      expect(person.normalized_event_id).toBe(eventId('runsignup', person.event_key))
      const again = normalizeParticipant(person.data)
      expect(again.sourceParticipantId).toBe(person.key)
      expect(again.sourceVersion).toBe(person.source_version)
      expect(person.row).toMatchObject({ ...again.values })
    }
    const { rows: results } = await client.query<Record<string, Json>>(
      `SELECT r.id, r.source_result_id AS key, r.normalized_event_id AS event, r.normalized_data AS data, to_jsonb(r) AS row,
         p.source_participant_id AS whose
       FROM normalized_results r LEFT JOIN normalized_participants p ON p.id = r.normalized_participant_id
       WHERE r.source_provider = 'ctlive'`,
    )
    expect(results.length).toBeGreaterThan(150)
    for (const { id, key, event, data, row, whose } of results) {
      expect(id).toBe(idOf('normalized_results', String(event), 'ctlive', String(key)))
      const again = normalizeResult(data ?? null)
      expect(row).toMatchObject({
        entry_id: again.entryId,
        bib_number: again.bib,
        overall_place: again.overallPlace,
        gender_place: again.genderPlace,
        division_place: again.divisionPlace,
        gun_time_ms: again.gunTimeMs,
        chip_time_ms: again.chipTimeMs,
        result_status: again.status,
      })
      expect(whose).toBe(key)
    }
  })

  test('run again takes nothing, and takes only what was added to the old tables since', async () => {
    const { url, client } = await imported()
    const before = await normalizedRows(client)
    const again = await runImport(postgres, url)
    expect(again.kinds.map(({ added, changed, kept }) => added + changed + kept)).toEqual(
      again.kinds.map(() => 0),
    )
    expect(await normalizedRows(client)).toEqual(before)
    await client.query(
      `INSERT INTO runsignup_participants (event_id, registration_id, first_name, timing_partner_id)
       SELECT event_id, 99000001, 'Late', timing_partner_id FROM runsignup_events LIMIT 1`,
    )
    const third = await runImport(postgres, url)
    expect(third.kinds.reduce((sum, { added }) => sum + added, 0)).toBe(1)
  })

  test('stopped after any batch it goes on where it was, and ends with the same rows', async () => {
    const whole = await imported()
    const cut = await filled()
    let stops = 0
    for (let finished = false; !finished; ) {
      const stop = new AbortController()
      let batches = 0
      try {
        await runImport(postgres, cut.url, {
          lanes: 1,
          signal: stop.signal,
          onProgress: () => {
            batches += 1
            if (batches === 15) stop.abort()
          },
        })
        finished = true
      } catch (error) {
        expect(error).toMatchObject({ code: 'cancelled' })
        stops += 1
      }
    }
    expect(stops).toBeGreaterThan(2)
    expect(await normalizedRows(cut.client)).toEqual(await normalizedRows(whole.client))
  })

  test('cut off in the middle of what it writes, again and again, it ends with the same rows', async () => {
    const whole = await imported()
    const cut = await filled()
    const axe = await postgres.connect(cut.url)
    let cuts = 0
    for (let finished = false; !finished; ) {
      const running = runImport(postgres, cut.url)
      let over = false
      const ended = running
        .then(
          () => true,
          () => false,
        )
        .finally(() => {
          over = true
        })
      // Whatever it is at, its sessions end there, five times.
      while (!over && cuts < 5) {
        const { rowCount } = await axe.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
             AND backend_type = 'client backend' AND query LIKE '%legacy_take%' AND state = 'active'`,
        )
        if ((rowCount ?? 0) === 0) continue
        cuts += 1
        break
      }
      finished = await ended
    }
    expect(cuts).toBe(5)
    expect(await normalizedRows(axe)).toEqual(await normalizedRows(whole.client))
  })

  test('from another server it makes the same rows as beside the old tables', async () => {
    const beside = await imported()
    const far = await filled()
    const central = await centralDatabase(postgres)
    const report = await runImport(postgres, central.url, { from: far.url })
    expect(report.source).not.toBe('here')
    expect(await normalizedRows(central.client)).toEqual(await normalizedRows(beside.client))
  })

  test("the plan's own statement migrates RunSignUp's events and people with the same ids", async () => {
    const beside = await filled()
    const { rows } = await beside.client.query<{ migrated_events: number }>(
      'SELECT migrate_runsignup_data(tp.id) as migrated_events FROM timing_partners tp',
    )
    const whole = await imported()
    await whole.client.query(`DELETE FROM normalized_results; DELETE FROM normalized_participants WHERE source_provider = 'ctlive';
      DELETE FROM normalized_events WHERE source_provider = 'ctlive'`)
    expect(await normalizedRows(beside.client)).toEqual(await normalizedRows(whole.client))
    const { rows: events } = await beside.client.query<{ events: string }>(
      'SELECT count(*) AS events FROM normalized_events',
    )
    expect(rows.reduce((sum, row) => sum + row.migrated_events, 0)).toBe(Number(events[0]?.events))
  })

  test('never touches a row that a laptop synced', async () => {
    const { url, client } = await filled()
    const { rows } = await client.query<{
      event_id: number
      registration_id: string
      timing_partner_id: number
    }>(
      `SELECT event_id, registration_id, timing_partner_id FROM runsignup_participants
       WHERE registration_id IS NOT NULL AND event_id <> 99 ORDER BY registration_id LIMIT 1`,
    )
    const [one] = rows
    if (one === undefined) throw new Error('nobody there')
    const id = participantId('runsignup', String(one.event_id), one.registration_id)
    await client.query(
      `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id, first_name, hash_key, source_version)
       VALUES ($1, $2, $3, 'runsignup', $4, 'From a laptop', 'x', 5)`,
      [one.timing_partner_id, id, eventId('runsignup', String(one.event_id)), one.registration_id],
    )
    const report = await runImport(postgres, url)
    expect(report.kinds.reduce((sum, { kept }) => sum + kept, 0)).toBe(1)
    const { rows: after } = await client.query(
      'SELECT first_name FROM normalized_participants WHERE id = $1',
      [id],
    )
    expect(after).toEqual([{ first_name: 'From a laptop' }])
  })

  test('what it brings over is history: no laptop is told of it', async () => {
    const { client } = await imported()
    const { rows } = await client.query('SELECT 1 FROM trackside.changes')
    expect(rows).toEqual([])
  })
})
