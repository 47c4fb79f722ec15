import { expect, test } from 'playwright/test'
import { serveWorld } from '../support/served-world.ts'

test('what a provider answers is checked on the screen: as expected, then with what deviates, and nothing is sent', async ({
  page,
}, info) => {
  const served = await serveWorld()
  const { world } = served
  try {
    const sent = () =>
      [...world.ctlive.calls, ...world.runSignUp.calls].filter(({ method }) => method !== 'GET').length
    const before = sent()
    await page.goto(served.signInAddress())
    await page.getByRole('button', { name: 'Connections', exact: true }).click()
    const check = page.getByRole('region', { name: 'Check against the live service' })
    await check.scrollIntoViewIfNeeded()
    await check.getByRole('button', { name: 'Check RunSignUp' }).click()
    await expect(check.getByRole('status')).toContainText('Nothing deviates')
    const answered = check.getByRole('table', { name: 'What RunSignUp answered' })
    await expect(answered.getByRole('row', { name: /Bring participants/ })).toContainText('20 people of 5K')
    await expect(answered.getByRole('row', { name: /Take bibs and chips/ })).toContainText('not tried')

    world.runSignUp.faults.add({
      kind: 'bent',
      path: '/participants',
      times: Number.POSITIVE_INFINITY,
      bends: [
        { kind: 'renamed', field: 'last_name', to: 'surname' },
        { kind: 'retyped', field: 'age', as: 'text' },
      ],
    })
    await check.getByRole('button', { name: 'Check RunSignUp' }).click()
    await expect(check.getByRole('status')).toContainText('2 deviations in 1 operation')
    const participants = answered.getByRole('row', { name: /Bring participants/ })
    await expect(participants).toContainText('user.last_name: expected text, came nothing')
    await participants.scrollIntoViewIfNeeded()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: info.outputPath(`deviates-${colorScheme}.png`) })
    }

    world.runSignUp.faults.clear()
    world.runSignUp.faults.add({ kind: 'hang' })
    await check.getByRole('button', { name: 'Check RunSignUp' }).click()
    await expect(check.getByRole('status')).toContainText('Log in')
    await check.getByRole('button', { name: 'Cancel' }).click()
    await expect(check).toContainText('Check cancelled.')
    expect(sent()).toBe(before)
  } finally {
    await served.stop()
  }
})
