import { cpus } from 'node:os'
import type { Figure } from './measure.ts'

type Bench = (sizes: readonly number[]) => Promise<Figure[]>

/** Loaded when it is its turn: what another needs, a browser's driver for one, would be weighed as the engine's memory. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  reads: async () => (await import('./reads.ts')).benchReads,
  links: async () => (await import('./links.ts')).benchLinks,
  lookup: async () => (await import('./lookup.ts')).benchLookup,
  sync: async () => (await import('./sync.ts')).benchSync,
  race: async () => (await import('./race.ts')).benchRace,
  desk: async () => (await import('./desk.ts')).benchDesk,
  hub: async () => (await import('./hub.ts')).benchHub,
  replication: async () => (await import('./replication.ts')).benchReplication,
  central: async () => (await import('./central-reads.ts')).benchCentralReads,
  legacy: async () => (await import('./legacy.ts')).benchLegacy,
}

const asked = process.argv.slice(2)
const wanted = asked.filter(word => !/^\d+$/.test(word))
/** Numbers are a bench's own sizes. */
const sizes = asked.filter(word => !wanted.includes(word)).map(Number)
const cpu = cpus()
console.log(`${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, Node ${process.version}\n`)
for (const [name, load] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const bench = await load()
  for (const { what, measured, beside, reach } of await bench(sizes)) {
    console.log(`${what}\n  measured: ${measured}\n  beside:   ${beside}\n  to reach: ${reach}\n`)
  }
}
