import { expect, test } from 'playwright/test'
import { crewAt } from '../support/crew.ts'
import { legibleInEveryTheme } from '../support/legible.ts'
import { openSecondLaptop } from '../support/second-laptop.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let served: ServedWorld
let second: ReturnType<typeof openSecondLaptop>

test.beforeAll(async () => {
  served = await serveWorld()
  second = openSecondLaptop(served.world.store(), Date.now)
  second.meet()
})
test.afterAll(async () => {
  second?.close()
  await served?.stop()
})

test('what two desks decided apart is seen at the desk: both words, who won and why', async ({ page }) => {
  const { world } = served
  const idOf = async (bib: string) => (await world.call().raceDay.lookup({ bib })).matches[0]?.id ?? ''
  const [one, two, three] = [await idOf('1'), await idOf('2'), await idOf('3')]
  const bea = world.callAs('crew', 'Bea')
  await bea.raceDay.decide({ id: one, field: 'bib_number', value: '101' })
  await bea.raceDay.decide({ id: two, field: 'bib_number', value: '500' })
  second.giveBib(one, '102', 'Carl')
  second.giveBib(three, '500', 'Carl')
  await page.goto(served.signInAddress())
  const crew = crewAt(page)
  await expect(crew.status).not.toContainText('decided twice')
  second.meet()
  await expect(crew.status).toContainText('2 decided twice')

  await crew.find('102')
  await expect(crew.person).toContainText('stands 102 by Carl on another laptop')
  await expect(crew.person).toContainText('does not 101 by Bea on this laptop')
  await expect(crew.person).toContainText('the later one stands')

  await crew.status.getByRole('button', { name: /decided twice/ }).press('Enter')
  const list = page.getByRole('dialog').getByRole('region', { name: 'Decided on two laptops' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await expect(list).toContainText('Bib 500, given to two people')
  await expect(list).toContainText(/has the reads.*by Carl on another laptop/)
  await legibleInEveryTheme(page, 'conflicts')
  await page.keyboard.press('Escape')
  await expect(crew.status).not.toContainText('decided twice')
})
