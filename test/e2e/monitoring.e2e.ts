import { expect, test } from 'playwright/test'
import { hardToRead } from '../support/contrast.ts'
import { overflowing } from '../support/overflow.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let served: ServedWorld

test.beforeAll(async () => {
  served = await serveWorld()
})
test.afterAll(() => served?.stop())

/** A day of syncs, good and failed, two comparisons, a reader with reads of somebody and of nobody. */
async function aDay(): Promise<void> {
  const { world, reader, readOf } = served
  const call = world.call()
  const [harbor] = (await call.connections.list()).connections
  const connectionId = harbor?.id ?? ''
  await call.sync.manual({ connectionId, wait: true })
  await call.reconciliation.run({ connectionId })
  for (const entry of world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) }).slice(0, 3))
    world.scoring.removeEntry(entry.entry_id ?? '')
  await call.reconciliation.run({ connectionId })
  const broken = await world.connect({
    connectionName: 'Lakeshore 10K and Half Marathon, autumn edition',
    sourceCredentials: { ...world.keys, api_secret: 'wrong' },
    autoSyncEnabled: true,
  })
  await call.sync.manual({ connectionId: broken.id, wait: true })
  for (const bib of ['1', '2', '3', '4400']) reader.push(readOf(bib))
  await expect
    .poll(async () => (await call.readers.status()).readers[0]?.latency?.averageMs ?? null)
    .not.toBeNull()
}

test('the office sees syncs, discrepancy, budgets, readers and people in figures, in every theme', async ({
  page,
}, info) => {
  await aDay()
  await page.goto(served.signInAddress())
  await page.getByLabel('Screens').getByRole('button', { name: 'Monitoring' }).press('Enter')

  const syncs = page.getByRole('region', { name: 'Syncs in 24 hours' })
  await expect(syncs).toContainText('5 syncs: 4 good, 1 failed · 5 by hand, 100 %')
  await expect(syncs.getByRole('img', { name: /^5 syncs: 4 good, 1 failed in 24 hours/ })).toBeVisible()
  await expect(syncs.getByRole('row', { name: /Lakeshore/ })).toContainText('never')
  const partner = page.getByRole('table', { name: 'Timing partners' }).getByRole('row').nth(1)
  await expect(partner.getByRole('cell')).toHaveText(['This laptop', '2', '1', '5', '4', '1'])
  const apart = page.getByRole('region', { name: 'Not the same in both systems' })
  await expect(apart.getByRole('img', { name: '2 comparisons, last 15.0 %, at most 15.0 %' })).toBeVisible()
  await expect(apart).toContainText('never compared')
  await expect(page.getByRole('region', { name: 'Rate budget left' })).toContainText(
    /999,9\d\d of 1,000,000 calls an hour left/,
  )
  const readers = page.getByRole('table', { name: 'Read latency and unknown reads by device' })
  await expect(readers).toContainText(/\d+ \/ \d+ \/ \d+ ms/)
  await expect(readers).toContainText('1 of 4, 25 %')
  await expect(page.getByRole('region', { name: 'People over events' })).toContainText(
    '20 people, 1.00 events each, 1 provider',
  )
  await expect(page.getByRole('region', { name: 'Replication' })).toContainText('works alone')

  for (const theme of ['light', 'dark', 'sun'] as const) {
    await page.evaluate(chosen => {
      localStorage.setItem('trackside-theme', JSON.stringify({ state: { theme: chosen }, version: 0 }))
    }, theme)
    await page.reload()
    await page.getByLabel('Screens').getByRole('button', { name: 'Monitoring' }).click()
    await expect(readers).toContainText('1 of 4, 25 %')
    await page.screenshot({ path: info.outputPath(`monitoring-${theme}.png`) })
    expect(await overflowing(page)).toEqual([])
    expect(await hardToRead(page, 4.5)).toEqual([])
  }

  await syncs.getByRole('button', { name: /Lakeshore/ }).press('Enter')
  await expect(page.getByRole('tab', { name: 'History' })).toHaveAttribute('aria-selected', 'true')
})

test('the plan’s own endpoints answer in the plan’s own shapes', async ({ page }) => {
  await page.goto(served.signInAddress())
  const answer = async (path: string): Promise<unknown> =>
    (await page.request.get(new URL(path, page.url()).href)).json()
  expect(await answer('/api/monitoring/sync-summary')).toEqual({
    summary: [
      {
        timing_partner: 'This laptop',
        total_connections: expect.any(Number),
        active_connections: expect.any(Number),
        total_syncs_24h: expect.any(Number),
        successful_syncs_24h: expect.any(Number),
        failed_syncs_24h: expect.any(Number),
        manual_syncs_24h: expect.any(Number),
      },
    ],
    total_events: 1,
    total_participants: 20,
  })
  expect(await answer('/api/monitoring/participant-tracking')).toEqual({
    tracking: [
      {
        timing_partner_name: 'This laptop',
        unique_participants: 20,
        avg_events_per_participant: 1,
        providers_used: 1,
        by_events: [{ events: 1, participants: 20 }],
      },
    ],
  })
})
