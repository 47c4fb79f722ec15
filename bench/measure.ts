import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const migrations = join(import.meta.dirname, '..', 'drizzle', 'local')
export const silent = { info: () => {}, warn: () => {}, error: () => {} }

export const ms = (since: number): number => performance.now() - since

/** The value below which that share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits))

/** A folder for one measurement, on the disk that is measured. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One figure beside what it is compared with in the same run. */
export interface Figure {
  readonly what: string
  readonly measured: string
  readonly beside: string
  readonly reach: string
}

export async function until(good: () => boolean, everyMs = 5): Promise<void> {
  while (!good()) await new Promise(resolve => setTimeout(resolve, everyMs))
}
