import { connections } from './connections.ts'
import { displays } from './displays.ts'
import { keeping } from './keeping.ts'
import { raceDayContract } from './race-day.ts'
import { sync } from './sync.ts'
import { system } from './system.ts'
import { timing } from './timing.ts'

/** Every procedure and stream that the window, the browser on the LAN and HTTP clients may use. */
export const contract = {
  system,
  connections,
  sync,
  raceDay: raceDayContract,
  timing,
  displays,
  keeping,
}

export type Contract = typeof contract
