import { cpus } from 'node:os'
import { benchDesk } from './desk.ts'
import { benchLookup } from './lookup.ts'
import type { Figure } from './measure.ts'
import { benchReads } from './reads.ts'
import { benchSync } from './sync.ts'

const BENCHES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  reads: benchReads,
  lookup: benchLookup,
  sync: benchSync,
  desk: benchDesk,
}

const wanted = process.argv.slice(2)
const cpu = cpus()
console.log(`${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, Node ${process.version}\n`)
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const { what, measured, beside, reach } of await bench()) {
    console.log(`${what}\n  measured: ${measured}\n  beside:   ${beside}\n  to reach: ${reach}\n`)
  }
}
