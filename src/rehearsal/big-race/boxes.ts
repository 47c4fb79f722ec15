import { type Ctp01Client, createCtp01Client } from '../ctp01-client.ts'
import { createMylapsClient, type MylapsClient } from '../mylaps-client.ts'
import { createRaceResultDecoder, type RaceResultDecoder } from '../race-result-decoder.ts'
import { createWallClock } from '../wall-clock.ts'
import type { BigRace } from './big-race.ts'
import { FINISH, FINISH_BACKUP, FIVE_K, START_A, START_B, START_C, THIRTY_K } from './course.ts'
import type { MatRead } from './mat-reads.ts'

/** What stands at the mats of a big race, and by which wire each tells the crew's laptop. */
export interface Boxes {
  start(): Promise<void>
  stop(): Promise<void>
  /** Everything up to a moment, guns among it. */
  sendUntil(at: number): void
  /** To be called by the laptop. */
  readonly decoder: RaceResultDecoder
}

const READERS: Readonly<Record<string, string>> = {
  [START_A]: '0F2A31',
  [START_B]: '0F2A32',
  [FINISH]: '0F2A33',
}
export const MOVED_BOX = '12000C'

export function createBoxes(parts: {
  readonly race: BigRace
  readonly clock: () => number
  readonly ctp01Port: number
  readonly mylapsPort: number
}): Boxes {
  const { race, clock } = parts
  const { zone } = race
  const simple = (locations: readonly string[], digit: string): Ctp01Client =>
    createCtp01Client({
      ...{ host: '127.0.0.1', port: parts.ctp01Port, clock, zone, eventName: 'Three Bridges' },
      ...{ locations, connectionId: digit.repeat(40), reconnectMs: 100 },
    })
  const atStart = simple([START_A, START_B], 'a')
  const atFinish = simple([FINISH], 'b')
  const mylaps: MylapsClient = createMylapsClient({
    ...{ host: '127.0.0.1', port: parts.mylapsPort, zone, version: 2, raceName: 'Three Bridges' },
    ...{ locations: [FIVE_K], reconnectMs: 100 },
  })
  const decoder = createRaceResultDecoder({ zone, boxId: 'D-50432', clock })
  const guns = race.courses
    .flatMap(course => course.waves)
    .filter(wave => wave.heard)
    .map(wave => wave.gunAt)
    .sort((a, b) => a - b)
  let nextRead = 0
  let nextGun = 0

  function send({ place, chip, at, antenna }: MatRead): void {
    switch (place) {
      case START_A:
      case START_B:
      case FINISH: {
        const client = place === FINISH ? atFinish : atStart
        // This firmware pads.
        const tag = chip.padStart(6, '0')
        client.push({ location: place, tag, at, readerId: READERS[place] ?? '', gator: antenna })
        return
      }
      case FIVE_K:
        mylaps.push({ location: place, chip: chip.padStart(7, '0'), at, antenna: antenna.toString(2) })
        return
      case THIRTY_K:
        decoder.pass(chip, at)
        return
      default:
        // The box at Start C and behind the finish keeps its reads until it is downloaded.
        return
    }
  }

  return {
    decoder,
    async start() {
      await decoder.start()
      await Promise.all([atStart.start(), atFinish.start(), mylaps.start()])
    },
    async stop() {
      await Promise.all([atStart.stop(), atFinish.stop(), mylaps.stop(), decoder.stop()])
    },
    sendUntil(until) {
      for (let gun = guns[nextGun]; gun !== undefined && gun <= until; gun = guns[++nextGun])
        atStart.gun(START_A, gun)
      for (let read = race.reads[nextRead]; read && read.at <= until; read = race.reads[++nextRead])
        send(read)
    },
  }
}

/** What the box that was moved holds, downloaded at a moment: a controller's file, one line a read. */
export function movedBoxFile(race: BigRace, until: number): string {
  const wall = createWallClock(race.zone)
  return race.reads
    .filter(({ place, at }) => (place === START_C || place === FINISH_BACKUP) && at <= until)
    .map(({ chip, at, antenna }, index) => {
      const seconds = (wall.asUtc(at) / 1000).toFixed(2)
      return `TO~${index + 1}~${chip}~160~18~${seconds}~${MOVED_BOX}~${antenna}~-${60 + (index % 20)}~${index + 1}~P~1\n`
    })
    .join('')
}
