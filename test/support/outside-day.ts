import { join } from 'node:path'
import { createRaceDay, type RaceDay } from '../../src/rehearsal/race-day.ts'

export const controllerFiles = join(import.meta.dirname, '..', 'fixtures', 'controller-files')

/** Both providers of a race day, running, with everybody registered whose chip the controllers read. */
export async function startOutside(): Promise<RaceDay> {
  const day = createRaceDay({ folder: controllerFiles, clock: Date.now, seed: 5 })
  await day.start()
  return day
}
