import { onTestFinished } from 'vitest'
import { runsignup } from '../../../src/providers/runsignup/index.ts'
import { createResultSets } from '../../../src/rehearsal/result-sets.ts'
import { createRunSignUpServer } from '../../../src/rehearsal/runsignup-server.ts'
import type { MakeSite, Publishing } from '../contract/site.ts'
import { CANARY } from '../outside.ts'
import { registrationSide } from '../registration-side.ts'

export const runsignupContractSite: MakeSite = async options => {
  const side = registrationSide(options, 'removed')
  const resultSets = createResultSets()
  const server = createRunSignUpServer({
    registrations: side.registrations,
    resultSets,
    keys: CANARY,
    clock: side.theirClock,
  })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: runsignup,
    server,
    budget: { spent: 0 },
    settings: { base_url: server.url },
    credentials: CANARY,
    clock: side.clock,
    advance: side.advance,
    secrets: () => Object.values(CANARY),
    pageSize: 'results_per_page',
    error200: { fault: { kind: 'error200', code: 7 }, code: 'provider.forbidden' },
    people: side.people,
    publishing: publishing(side, resultSets, options.people),
  }
}

/** An event without a result set, and one with a set that was filled before. */
function publishing(
  { registrations, people }: ReturnType<typeof registrationSide>,
  resultSets: ReturnType<typeof createResultSets>,
  count: number,
): Publishing {
  const { sourceRaceId } = people.event
  const eventOf = (name: string) => {
    const { eventId } = registrations.addEvent(Number(sourceRaceId), { name, startsAt: 0 })
    return { eventId, ref: { ...people.event, sourceEventId: String(eventId) } }
  }
  const held = eventOf('Held before')
  const set = resultSets.add({ eventId: held.eventId, name: 'Results' })
  let posted = 0
  const post = (row: Readonly<Record<string, unknown>>): string => {
    const [answer] = resultSets.post(set, [row], [])
    if (answer === undefined || 'code' in answer) throw new Error('a result was refused')
    return String(answer.result_id)
  }
  const add = (): string =>
    post({ bib_num: ++posted, first_name: 'Ana', last_name: 'Berg', chip_time: '0:20:00.00' })
  while (posted < count) add()
  return {
    event: eventOf('To be published').ref,
    rows: Array.from({ length: 10 }, (_, index) => ({
      key: `result-${index}`,
      resultId: null,
      values: { bib_num: String(index + 1), first_name: 'Ana', last_name: 'Holm', chip_time: '0:21:00.00' },
    })),
    held: {
      event: held.ref,
      keys: () => set.results.map(({ resultId }) => String(resultId)),
      add,
      remove(key) {
        set.results.splice(
          set.results.findIndex(({ resultId }) => String(resultId) === key),
          1,
        )
      },
      edit: (key, bib) => void post({ result_id: Number(key), bib_num: bib }),
    },
  }
}
