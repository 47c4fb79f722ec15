import { cpus } from 'node:os'
import { benchCentralReads } from './central-reads.ts'
import { benchDesk } from './desk.ts'
import { benchHub } from './hub.ts'
import { benchLegacy } from './legacy.ts'
import { benchLinks } from './links.ts'
import { benchLookup } from './lookup.ts'
import type { Figure } from './measure.ts'
import { benchRace } from './race.ts'
import { benchReads } from './reads.ts'
import { benchReplication } from './replication.ts'
import { benchSync } from './sync.ts'

const BENCHES: Readonly<Record<string, (sizes: readonly number[]) => Promise<Figure[]>>> = {
  reads: benchReads,
  links: benchLinks,
  lookup: benchLookup,
  sync: benchSync,
  race: benchRace,
  desk: benchDesk,
  hub: benchHub,
  replication: benchReplication,
  central: benchCentralReads,
  legacy: benchLegacy,
}

const asked = process.argv.slice(2)
const wanted = asked.filter(word => !/^\d+$/.test(word))
/** Numbers are a bench's own sizes. */
const sizes = asked.filter(word => !wanted.includes(word)).map(Number)
const cpu = cpus()
console.log(`${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, Node ${process.version}\n`)
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const { what, measured, beside, reach } of await bench(sizes)) {
    console.log(`${what}\n  measured: ${measured}\n  beside:   ${beside}\n  to reach: ${reach}\n`)
  }
}
