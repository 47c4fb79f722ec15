/**
 * A laptop with its engine in a process of its own, to be killed: `laptop-process FILE NAME SEED FROM OFFSET-MS CODE`.
 * While it works, reads pour in and the desk decides; it tells its parent what it has on its disk after each.
 */
import { setTimeout as rest } from 'node:timers/promises'
import { createRandom } from '../../src/rehearsal/random.ts'
import { openEncryptedFile } from '../../src/secrets/encrypted-file.ts'
import { journal } from '../../src/store/reads.ts'
import { act, DEED_KINDS } from '../support/deeds.ts'
import { NOON, streamRead } from '../support/laptop.ts'
import { openStation } from './two-sides.ts'

const [file = '', name = '', seed, from, offset, code = ''] = process.argv.slice(2)
const random = createRandom(Number(seed))
const upTo = (most: number): number => Math.floor(random() * most)
const secrets = openEncryptedFile(`${file}.keys`, 'killed')
const station = openStation(name, { file, secrets, clock: () => Date.now() + Number(offset) })
const { store, replication, linker } = station

/** What a laptop answers its parent. */
export type Told =
  | { readonly kind: 'up' }
  /** Reads of its own, each as device and line, and how long its audit chain is. */
  | { readonly kind: 'kept'; readonly reads: readonly string[]; readonly audit: number }
  | { readonly kind: 'rests' }
  /** Null: in step. Else what is not. */
  | { readonly kind: 'settled'; readonly waits: string | null }
export type Asked = 'work' | 'rest' | 'settle' | 'stop'

const tell = (told: Told): void => {
  process.send?.(told)
}

let count = Number(from)
let lastRead = store.read.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0

/** A handful of reads at once, as a reader that comes back brings them. */
function pour(): void {
  const session = store.read.get<{ id: string }>('SELECT id FROM timing_sessions ORDER BY id LIMIT 1')?.id
  if (session === undefined) return
  const reads = Array.from({ length: 1 + upTo(40) }, () => {
    count += 1
    return streamRead(count, `C${upTo(7)}`, NOON + count * 1000, name)
  })
  store.write(writer => journal(writer, session, reads, writer.at))
}

function keptSince(): Told {
  const fresh = store.read.all<{ id: number; line: string }>(
    `SELECT id, device || '|' || raw AS line FROM timing_reads WHERE id > ? AND device IN (?, 'box') ORDER BY id`,
    lastRead,
    name,
  )
  lastRead = fresh.at(-1)?.id ?? lastRead
  const audit = store.read.get<{ sequence: number | null }>(
    'SELECT MAX(sequence) AS sequence FROM audit_log WHERE laptop_id = ?',
    store.laptopId,
  )
  return { kind: 'kept', reads: fresh.map(({ line }) => line), audit: audit?.sequence ?? 0 }
}

let working: Promise<void> = Promise.resolve()
let busy = false

async function work(): Promise<void> {
  while (busy) {
    count += 1
    if (random() < 0.25) pour()
    else act(station, { what: upTo(DEED_KINDS), who: upTo(6), value: upTo(41) }, count)
    tell(keptSince())
    await rest(upTo(100))
  }
}

const answers: Readonly<Record<Asked, () => Promise<void>>> = {
  async work() {
    busy = true
    working = work()
  },
  async rest() {
    busy = false
    await working
    tell({ kind: 'rests' })
  },
  async settle() {
    linker.linkNow()
    await replication.run()
    const [peer] = replication.status().peers
    const { state, toSend = 0, readsToSend = 0, message } = peer ?? {}
    tell({
      kind: 'settled',
      waits:
        state === 'in-step' && toSend + readsToSend === 0
          ? null
          : `${state}, ${toSend} rows and ${readsToSend} reads wait, ${message}`,
    })
  },
  async stop() {
    await station.stop()
    process.disconnect()
  },
}

await replication.start()
if (replication.status().peers.length === 0) await replication.join(code)
process.on('message', (asked: Asked) => void answers[asked]())
process.once('disconnect', () => process.exit())
tell({ kind: 'up' })
