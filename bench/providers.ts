import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Calls } from './race-app.ts'

/** Where the simulated providers are, and how to sign in to them. */
export interface Outside {
  readonly source: string
  readonly target: string
  readonly keys: Record<string, string>
  readonly login: Record<string, string>
  readonly raceId: number
  readonly eventId: number
  /** A race at the target that no connection fills. */
  readonly bareRaceId: string
}

/** Both providers in a process of their own, answering in so many ms. */
export async function startProviders(
  people: number,
  answerMs: number,
): Promise<{ readonly process: ChildProcess; readonly outside: Outside }> {
  const providers = fork(join(import.meta.dirname, 'provider-process.ts'), [people, answerMs].map(String))
  const [outside] = (await once(providers, 'message')) as [Outside]
  return { process: providers, outside }
}

/** A connection between them that no budget holds back. Returns its id. */
export async function connect(call: Calls, { source, target, keys, login }: Outside): Promise<string> {
  const many = { calls_per_hour: '10000000' }
  const { id } = await call.connections.create({
    connectionName: 'bench',
    sourceProvider: 'runsignup',
    targetProvider: 'ctlive',
    sourceSettings: { base_url: source, ...many },
    targetSettings: { base_url: target, ...many },
    sourceCredentials: keys,
    targetCredentials: login,
    autoSyncEnabled: false,
  })
  return id
}
