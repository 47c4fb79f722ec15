import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createRouterClient } from '@orpc/server'
import { createApp } from '../src/app/create-app.ts'
import { createMemorySecrets } from '../src/secrets/memory.ts'
import { type Figure, inFolder, migrations, ms, round, silent } from './measure.ts'

const PEOPLE = 60_000
const ANSWER_MS = 50

interface Outside {
  readonly source: string
  readonly target: string
  readonly keys: Record<string, string>
  readonly login: Record<string, string>
  readonly raceId: number
  readonly eventId: number
}

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

/** 60,000 participants from the simulated provider, beside the provider's own time. */
export const benchSync = (): Promise<Figure[]> =>
  inFolder(async folder => {
    const providers = fork(join(import.meta.dirname, 'provider-process.ts'), [
      String(PEOPLE),
      String(ANSWER_MS),
    ])
    const [outside] = (await once(providers, 'message')) as [Outside]
    const app = createApp({
      dataFolder: folder,
      migrations,
      version: 'bench',
      clock: Date.now,
      fetch,
      log: silent,
      timingPort: null,
      schedule: false,
      secrets: createMemorySecrets(),
    })
    await app.start()
    const call = createRouterClient(app.router, {
      context: { who: { name: 'bench', role: 'manager' as const } },
    })
    try {
      const many = { calls_per_hour: '10000000' }
      const { id: connectionId } = await call.connections.create({
        connectionName: 'bench',
        sourceProvider: 'runsignup',
        targetProvider: 'ctlive',
        sourceSettings: { base_url: outside.source, ...many },
        targetSettings: { base_url: outside.target, ...many },
        sourceCredentials: outside.keys,
        targetCredentials: outside.login,
        autoSyncEnabled: false,
      })
      const run = async () => {
        const cpu = process.cpuUsage()
        const began = performance.now()
        const { operation } = await call.sync.manual({ connectionId, wait: true })
        const used = process.cpuUsage(cpu)
        return { took: ms(began), cpu: (used.user + used.system) / 1000, operation }
      }
      const warm = await bareFetch(outside)
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      const first = await run()
      delay.disable()
      const bare = await bareFetch(outside)
      await call.connections.update({ id: connectionId, inferredAllowed: true })
      const pushed = await run()
      const nothing = await run()
      providers.send({ edit: PEOPLE / 100 })
      await once(providers, 'message')
      const changed = await run()
      const people = PEOPLE.toLocaleString('en')
      return [
        {
          what: `${people} participants through sync, provider answering in ${ANSWER_MS} ms`,
          measured: `${round(first.took / 1000)} s (${first.operation?.addedRecords} stored, ${first.operation?.calls} calls)`,
          beside: `${bare.calls} bare calls ${round(bare.took / 1000)} s (before: ${round(warm.took / 1000)} s), ratio ${round(first.took / bare.took)}; ${bare.calls} × ${ANSWER_MS} ms = ${round((bare.calls * ANSWER_MS) / 1000)} s`,
          reach: '≤ 3 × the provider’s own time',
        },
        {
          what: 'event loop of the engine meanwhile',
          measured: `p99 ${round(delay.percentile(99) / 1e6)} ms, max ${round(delay.max / 1e6)} ms`,
          beside: '–',
          reach: 'p99 ≤ 50 ms',
        },
        {
          what: `push of ${people} entries, one call an entry`,
          measured: `${round(pushed.took / 1000)} s (${pushed.operation?.pushedRecords} sent)`,
          beside: '–',
          reach: '≤ 1.5 × the target’s own time (not measured apart yet)',
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
