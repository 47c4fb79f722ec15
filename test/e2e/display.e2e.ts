import { expect, test } from 'playwright/test'
import { createDisplayDoor } from '../../src/server/display-door.ts'
import { rendererFolder, type ServedWorld, serveWorld } from '../support/served-world.ts'

const quiet = { info: () => {}, warn: () => {}, error: console.error }

let served: ServedWorld

test.beforeAll(async () => {
  const displayDoor = createDisplayDoor({
    ...{ rendererFolder, version: '0.0.0-e2e', log: quiet, host: '127.0.0.1' },
  })
  served = await serveWorld({ config: { displayDoor } })
})
test.afterAll(() => served?.stop())

declare global {
  interface Window {
    /** All that a page was answered, streams as far as they came. */
    heard: string
  }
}

test('a display on the network shows who crosses by its address alone, through a restart, and hears nothing private', async ({
  page,
  browser,
}) => {
  const { world, reader, readOf } = served
  await page.goto(served.signInAddress())
  await page.getByLabel('Screens').getByRole('button', { name: 'Displays' }).click()
  await page.getByRole('button', { name: 'Add display' }).click()
  await page.getByRole('button', { name: 'Let displays on this network see it' }).click()
  const reach = page.getByLabel('How displays are reached')
  await expect(reach).toContainText('This network sees displays')
  const port = /port (\d+)/.exec(await reach.innerText())?.[1]
  const address = await page.locator('code').first().innerText()
  expect(address).toMatch(/^[A-HJKMNP-Z2-9]{8}$/)

  const wall = await browser.newContext()
  const screen = await wall.newPage()
  await screen.addInitScript(() => {
    window.heard = ''
    const ask = window.fetch
    window.fetch = async (...request) => {
      const answer = await ask(...request)
      const text = new TextDecoder()
      void answer
        .clone()
        .body?.pipeTo(
          new WritableStream<Uint8Array>({
            write(bytes) {
              window.heard += text.decode(bytes, { stream: true })
            },
          }),
        )
        .catch(() => {})
      return answer
    }
  })
  const base = `http://127.0.0.1:${port}`
  await screen.goto(`${base}/d/${address.toLowerCase()}`)
  await expect(screen.getByText('Waiting for the next runner')).toBeVisible()

  const nameOf = (bib: string) => {
    const person = world.added.find(one => String(one.bib) === bib)
    if (!person) throw new Error(`nobody has bib ${bib}`)
    return person.person.lastName
  }
  reader.push(readOf('4'))
  await expect(screen.getByRole('strong')).toContainText(nameOf('4'))

  await served.restart()
  reader.push(readOf('9'))
  await expect(screen.getByRole('strong')).toContainText(nameOf('9'), { timeout: 20_000 })

  const heard = await screen.evaluate(() => window.heard)
  expect(heard).toContain(nameOf('9'))
  for (const { person } of world.added) {
    const { email, phone, dob, emergencyPhone, street } = person
    for (const secret of [email, phone, dob, emergencyPhone, street]) expect(heard).not.toContain(secret)
  }
  const others = await Promise.all(
    ['/', '/api/participants/lookup?q=a', '/sign-in', '/d/ABCD2345'].map(path =>
      wall.request.get(`${base}${path}`),
    ),
  )
  const [home, people, signIn, another] = others.map(answer => answer.status())
  expect({ home, people, signIn }).toEqual({ home: 403, people: 401, signIn: 404 })
  expect(another).toBe(200)
  await screen.goto(`${base}/d/ABCD2345`)
  await expect(screen.getByText('This address opens no display')).toBeVisible()
  await wall.close()
})
