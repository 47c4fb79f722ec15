import { setTimeout as wait } from 'node:timers/promises'
import type { Reader } from '../../src/store/reader.ts'
import { createImporter } from '../../src/timing/importer.ts'
import { createLinker } from '../../src/timing/linker.ts'
import { quiet, testStore } from '../timing/race.ts'
import type { KilledApp } from './killed-app.ts'
import type { Source } from './source.ts'

interface Answer {
  readonly lines: number
  readonly new: number
  readonly redelivered: number
  readonly refused_count: number
}

interface Imported {
  readonly sessionId: string
  readonly text: string
  readonly answer: Answer
}

const LONGEST = 2500
const TRIES_AT_END = 200

/** A crew that imports parts of a box's file, over and over, and repeats what was not answered. */
export function createImportSource(parts: {
  readonly app: KilledApp
  readonly lines: readonly string[]
  readonly sessions: readonly string[]
  readonly random: () => number
}): Source {
  const { app, lines, sessions, random } = parts
  const done: Imported[] = []
  let tries = 0
  let asking = false
  let going = true
  let failed: string | null = null
  let work: Promise<void> = Promise.resolve()

  const importOne = async (sessionId: string, text: string): Promise<void> => {
    for (let left = TRIES_AT_END; left > 0 && failed === null; left -= going ? 0 : 1) {
      tries += 1
      asking = true
      const answered = await app
        .post('/timing/import', {
          ...{ session_id: sessionId, location: 'Finish', format: 'chronotrack-controller' },
          ...{ text, file_name: 'chaos.csv' },
        })
        .catch(() => null)
      asking = false
      if (answered === null) {
        await wait(30)
        continue
      }
      const { status, body } = answered
      if (status === 200) done.push({ sessionId, text, answer: body as Answer })
      else failed = `an import was answered ${status}: ${JSON.stringify(body)}`
      return
    }
    failed ??= 'an import was never answered'
  }

  const pour = async (): Promise<void> => {
    while (going && failed === null) {
      const from = Math.floor(random() * lines.length)
      const text = lines.slice(from, from + 1 + Math.floor(random() * LONGEST)).join('\n')
      await importOne(sessions[Math.floor(random() * sessions.length)] ?? '', text)
      await wait(random() * 60)
    }
  }

  /** The same files, imported without a kill. */
  const imported = async (database: Reader): Promise<readonly string[]> => {
    const reference = testStore()
    const linker = createLinker({ store: reference.store, log: quiet })
    const importer = createImporter({ store: reference.store, linker, clock: Date.now })
    try {
      copySessions(database, reference.store, sessions)
      for (const { sessionId, text } of done) {
        const options = { format: 'chronotrack-controller', fileName: 'chaos.csv' } as const
        await importer.importText({ ...options, sessionId, location: 'Finish', text })
      }
      return identities(reference.store.read)
    } finally {
      reference.close()
    }
  }
  const identities = (database: Reader): readonly string[] =>
    database
      .all<{ read: string }>(
        "SELECT session_id || ' ' || identity AS read FROM timing_reads WHERE session_id IN (SELECT value FROM json_each(?))",
        JSON.stringify(sessions),
      )
      .map(row => row.read)
  const sum = (of: (answer: Answer) => number): number =>
    done.reduce((all, { answer }) => all + of(answer), 0)

  return {
    name: 'imports',
    start() {
      work = pour()
    },
    async finish() {
      going = false
      await work
    },
    sent: imported,
    kept: identities,
    acknowledged: () => sum(one => one.new),
    waiting: () => asking,
    troubles() {
      const uneven = done.filter(
        ({ answer }) => answer.new + answer.redelivered + answer.refused_count !== answer.lines,
      )
      return [...(failed === null ? [] : [failed]), ...uneven.map(one => JSON.stringify(one.answer))]
    },
    note: () =>
      `${done.length} imports answered in ${tries} tries: ${sum(one => one.lines)} lines, ${sum(one => one.new)} new, ${sum(one => one.redelivered)} redelivered`,
  }
}

/** The same sessions, so that the same lines have the same identities. */
function copySessions(
  from: Reader,
  to: ReturnType<typeof testStore>['store'],
  sessions: readonly string[],
): void {
  for (const id of sessions) {
    const row = from.get<Readonly<Record<string, unknown>>>('SELECT * FROM timing_sessions WHERE id = ?', id)
    const columns = Object.keys(row ?? {})
    to.write(writer =>
      writer.run(
        `INSERT INTO timing_sessions (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        ...Object.values(row ?? {}),
      ),
    )
  }
}
