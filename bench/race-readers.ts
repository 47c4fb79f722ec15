import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { App } from '../src/app/app.ts'
import { harbor } from './people.ts'
import type { Answered, Asked } from './race-reader.ts'
import { PROGRAMS } from './race-shape.ts'

const gunAt = Date.parse(`${harbor.eventDate}T08:00:00Z`)

export interface Readers {
  /** @param reads of all of them together */
  send(reads: number, rate: number | null): Promise<readonly Answered[]>
  stop(): void
}

export async function startReaders(app: App, people: number): Promise<Readers> {
  const processes = PROGRAMS.map(({ protocol }, index) => {
    const port = protocol === 'ctp01' ? app.timingPort() : app.mylapsPort()
    return fork(join(import.meta.dirname, 'race-reader.ts'), [index, people, gunAt, port ?? 0].map(String))
  })
  await Promise.all(processes.map(each => once(each, 'message')))
  return {
    send: (reads, rate) =>
      Promise.all(
        processes.map(async (each, index) => {
          const share = PROGRAMS[index]?.share ?? 0
          const asked: Asked = {
            reads: Math.round(reads * share),
            rate: rate === null ? null : rate * share,
          }
          const answered = once(each, 'message')
          each.send(asked)
          const [answer] = (await answered) as [Answered]
          return answer
        }),
      ),
    stop() {
      for (const each of processes) each.disconnect()
    },
  }
}
