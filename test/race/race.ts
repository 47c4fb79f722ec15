import { runBigRace } from '../support/big-race-day.ts'

/** Prints what a race of 18,000 (or as many as are said, with a seed) came to; ends with 1 where it is not the truth. */
const [people = 18_000, seed = 41] = process.argv.slice(2).map(Number)
const { differences, finishers, reads, steps, took } = await runBigRace({ count: people, seed })

const shown = 20
for (const difference of differences.slice(0, shown)) console.log(difference)
if (differences.length > shown) console.log(`and ${differences.length - shown} more`)
const seconds = Object.entries(took).map(([part, value]) => `${part} ${value.toFixed(0)} s`)
console.log(`${people} registrations, ${reads} reads, ${steps} steps at the desk, ${finishers} finishers`)
console.log(`${differences.length} differences from what happened (seed ${seed}; ${seconds.join(', ')})`)
process.exitCode = differences.length === 0 ? 0 : 1
