import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { barePush } from './bare-push.ts'
import { watchLoop } from './loop-delay.ts'
import { type Figure, inFolder, ms, round } from './measure.ts'
import { connect, type Outside, startProviders } from './providers.ts'
import { callsOf, many, openRaceApp } from './race-app.ts'
import { benchSyncBesideReads } from './sync-beside-reads.ts'

const PEOPLE = 60_000
const ANSWER_MS = 50
/** What scoring takes to answer, where it does not answer at once. */
const TARGET_MS = 20

/** The provider's own time: the same pages fetched, read as JSON and thrown away. */
async function bareFetch({
  source,
  keys,
  raceId,
  eventId,
}: Outside): Promise<{ readonly took: number; readonly calls: number }> {
  const began = performance.now()
  let after = 0
  for (let calls = 1; ; calls += 1) {
    const query = new URLSearchParams({
      ...keys,
      format: 'json',
      event_id: String(eventId),
      results_per_page: '2500',
      sort: 'registration_id ASC',
      after_registration_id: String(after),
      include_questions: 'T',
    })
    const answer = await fetch(`${source}/race/${raceId}/participants?${query}`)
    const [page] = (await answer.json()) as {
      readonly participants?: readonly { readonly registration_id: number }[]
    }[]
    const last = page?.participants?.at(-1)
    if (!last) return { took: ms(began), calls }
    after = last.registration_id
  }
}

/** People from the simulated provider, beside the provider's own time: `npm run bench -- sync [PEOPLE]`. */
export const benchSync = ([people = PEOPLE]: readonly number[]): Promise<Figure[]> =>
  inFolder(async folder => {
    // First of all: the memory of what else is measured in this process is not given back.
    const beside = await benchSyncBesideReads(people, ANSWER_MS)
    const { process: providers, outside } = await startProviders(people, ANSWER_MS)
    const app = openRaceApp(folder)
    await app.start()
    const call = callsOf(app)
    try {
      const connectionId = await connect(call, outside)
      const run = async () => {
        const cpu = process.cpuUsage()
        const began = performance.now()
        const { operation } = await call.sync.manual({ connectionId, wait: true })
        const used = process.cpuUsage(cpu)
        return { took: ms(began), cpu: (used.user + used.system) / 1000, operation }
      }
      const warm = await bareFetch(outside)
      const loop = watchLoop()
      const first = await run()
      await setTimeout(20)
      const delay = loop.said()
      const bare = await bareFetch(outside)
      await call.connections.update({ id: connectionId, inferredAllowed: true })
      const barePushed = await barePush(outside, people)
      const pushLoop = watchLoop()
      const pushed = await run()
      await setTimeout(20)
      const pushDelay = pushLoop.said()
      const nothing = await run()
      const ask = async (asked: { readonly edit?: number; readonly targetMs?: number }): Promise<void> => {
        providers.send(asked)
        await once(providers, 'message')
      }
      await ask({ edit: people / 100 })
      const changed = await run()
      await ask({ edit: people / 100 })
      await call.sync.setFreeze({ frozen: true })
      await run()
      await call.sync.setFreeze({ frozen: false })
      await ask({ targetMs: TARGET_MS })
      const barePaced = await barePush(outside, people / 100)
      const paced = await run()
      return [
        {
          what: `${many(people)} participants through sync, provider answering in ${ANSWER_MS} ms`,
          measured: `${round(first.took / 1000)} s (${first.operation?.addedRecords} stored, ${first.operation?.calls} calls), ${round(first.cpu / 1000)} s CPU`,
          beside: `${bare.calls} bare calls ${round(bare.took / 1000)} s (before: ${round(warm.took / 1000)} s), ratio ${round(first.took / bare.took)}; ${bare.calls} × ${ANSWER_MS} ms = ${round((bare.calls * ANSWER_MS) / 1000)} s`,
          reach: '≤ 3 × the provider’s own time',
        },
        {
          what: 'event loop of the engine meanwhile',
          measured: delay,
          beside: '–',
          reach: 'p99 ≤ 50 ms',
        },
        beside,
        {
          what: `push of ${many(people)} entries, one call an entry`,
          measured: `${round(pushed.took / 1000)} s (${pushed.operation?.pushedRecords} sent), ${round(pushed.cpu / 1000)} s CPU; ${pushDelay}`,
          beside: `${many(people)} bare calls ${round(barePushed.took / 1000)} s, ${round(barePushed.cpu / 1000)} s CPU, ratio ${round(pushed.took / barePushed.took)}`,
          reach: '≤ 1.5 × the target’s own time',
        },
        {
          what: `push of ${many(people / 100)} entries, scoring answering in ${TARGET_MS} ms`,
          measured: `${round(paced.took / 1000)} s (${paced.operation?.pushedRecords} sent), ${round(paced.cpu / 1000)} s CPU`,
          beside: `as many bare calls ${round(barePaced.took / 1000)} s, ${round(barePaced.cpu / 1000)} s CPU, ratio ${round(paced.took / barePaced.took)}`,
          reach: '≤ 1.5 × the target’s own time',
        },
        {
          what: 'pass with nothing new',
          measured: `${nothing.operation?.calls} calls, ${round(nothing.cpu)} ms CPU`,
          beside: '–',
          reach: '≤ 2 calls, ≤ 50 ms',
        },
        {
          what: 'after 1 % changed',
          measured: `${round(changed.took / 1000)} s (${changed.operation?.changedRecords} changed, ${changed.operation?.pushedRecords} sent, ${changed.operation?.calls} calls)`,
          beside: '–',
          reach: 'only what changed is sent',
        },
      ]
    } finally {
      await app.stop()
      providers.disconnect()
    }
  })
