import { createHash } from 'node:crypto'
import { ms } from './measure.ts'
import type { Outside } from './providers.ts'

/** As many entries are under way at once as when Trackside sends them. */
const AT_ONCE = 4

/** The target's own time: as many entries of the same length sent to a race of their own, and the answers thrown away. */
export async function barePush(
  { target, login, bareRaceId }: Outside,
  entries: number,
): Promise<{ readonly took: number; readonly cpu: number }> {
  const { client_id = '', user_id = '', password = '' } = login
  const user_pass = createHash('sha1').update(password).digest('hex')
  const query = new URLSearchParams({ format: 'json', client_id, user_id, user_pass })
  const address = `${target}/race/${bareRaceId}/entry?${query}`
  const cpu = process.cpuUsage()
  const began = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < entries) {
      next += 1
      const answer = await fetch(address, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(entryOf(next)),
      })
      if (answer.status !== 201) throw new Error(`the target answered ${answer.status}`)
      await answer.json()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const used = process.cpuUsage(cpu)
  return { took: ms(began), cpu: (used.user + used.system) / 1000 }
}

const entryOf = (n: number) => ({
  ...{ entry_external_id: `bare:${n}`, entry_bib: String(n), athlete_first_name: 'Maria' },
  ...{ athlete_last_name: 'Hernandez', athlete_sex: 'F', athlete_birthdate: '1977-12-24' },
  ...{ athlete_email: `maria.hernandez${n}@example.com`, location_city: 'Montreal', location_region: 'QC' },
})
