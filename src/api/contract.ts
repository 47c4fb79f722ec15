import { connections } from './connections.ts'
import { desk } from './desk.ts'
import { raceDayContract } from './race-day.ts'
import { sync } from './sync.ts'
import { system } from './system.ts'
import { timing } from './timing.ts'

/** Every procedure and stream that the window, the browser on the LAN and HTTP clients may use. */
export const contract = { system, connections, sync, raceDay: raceDayContract, desk, timing }

export type Contract = typeof contract
