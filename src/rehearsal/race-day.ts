import { readControllerFiles } from './controller-files.ts'
import { type CtliveLogin, createCtliveServer } from './ctlive-server.ts'
import { type Ctp01Client, createCtp01Client } from './ctp01-client.ts'
import type { OutsideServer } from './http-host.ts'
import { courses, enrol, type RosterCounts, startGuns } from './race-day-roster.ts'
import { createRandom } from './random.ts'
import { createRegistrations, type Registrations } from './registrations.ts'
import { createReplay, type Happening, type Replay } from './replay.ts'
import { createResultSets, type ResultSets } from './result-sets.ts'
import { createRunSignUpServer, type RunSignUpKeys } from './runsignup-server.ts'
import { createScorer, type Scorer } from './scorer.ts'
import { createScoring, type Scoring } from './scoring.ts'

export interface RaceDayParts {
  /** One folder a location, each with a controller's .csv and .mrk. */
  readonly folder: string
  readonly clock: () => number
  readonly seed: number
  /** IANA; default America/New_York. */
  readonly zone?: string
  /** The box time that is now when the day is made, as HH:MM; default 10:15, when the finish is busiest. */
  readonly nowAt?: string
  /** How fast the past is sent; default 400 reads a second. */
  readonly backlogPerSecond?: number
  readonly runSignUpPort?: number
  readonly ctlivePort?: number
  readonly pageHeaders?: boolean
}

export interface RaceDay {
  /** Starts both providers. */
  start(): Promise<void>
  /** Starts the reader, which calls this address. */
  startReplay(target: { readonly host: string; readonly port: number }): Promise<void>
  stop(): Promise<void>
  /** After start. */
  readonly urls: { readonly runSignUp: string; readonly ctlive: string }
  readonly keys: RunSignUpKeys
  readonly login: CtliveLogin
  readonly zone: string
  readonly raceId: number
  readonly ctliveEventId: string
  readonly counts: RosterCounts & { readonly reads: number; readonly guns: number }
  readonly registrations: Registrations
  readonly scoring: Scoring
  /** Scores what the reader streams. */
  readonly scorer: Scorer
  /** What the registration provider was sent of results, and whom it told. */
  readonly resultSets: ResultSets
  readonly runSignUp: OutsideServer
  readonly ctlive: OutsideServer
  /** After startReplay. */
  readonly reader: Ctp01Client | null
  readonly replay: Replay | null
}

const name = 'Harbor Run'

/** A whole race day: one race at a registration provider, its event at a scoring provider, and three boxes' reads. */
export function createRaceDay(parts: RaceDayParts): RaceDay {
  const { clock, seed } = parts
  const zone = parts.zone ?? 'America/New_York'
  const made = clock()
  const day = readControllerFiles(parts.folder)
  const shift = shiftTo(day.reads[0]?.boxTime ?? 0, parts.nowAt ?? '10:15', made)

  const registrations = createRegistrations({ clock })
  const race = registrations.addRace({ name, timezone: zone })
  const guns = startGuns(day)
  const events = courses.map(course =>
    registrations.addEvent(race.raceId, {
      name: course.name,
      distance: course.distance,
      fee: course.fee,
      // Planned to the minute; the gun itself went some seconds later.
      startsAt: toMinute((guns[course.firstGun] ?? 0) + shift),
    }),
  )
  const counts = enrol({ day, registrations, events, seed, now: made })

  const scoring = createScoring()
  const start = (at: number) => String(Math.floor(at / 1000))
  const scored = scoring.addEvent({ event_name: name, event_start_time: start(events[0]?.startsAt ?? made) })
  const ctliveEventId = scored.event_id ?? ''
  const raceIds = events.map(event => {
    const planned = { race_name: event.name, race_planned_start_time: start(event.startsAt) }
    return scoring.addRace(ctliveEventId, planned).race_id ?? ''
  })
  const scorer = createScorer({ scoring, day, shift, raceIds, clock })

  const keys = { api_key: 'rehearsal-key', api_secret: 'rehearsal-secret' }
  const login = { client_id: 'rehearsal', user_id: 'crew@example.com', password: 'rehearsal-password' }
  const port = (wanted: number | undefined) => (wanted === undefined ? {} : { port: wanted })
  const resultSets = createResultSets()
  const runSignUp = createRunSignUpServer({
    ...{ registrations, resultSets, keys, clock },
    ...port(parts.runSignUpPort),
  })
  const pageHeaders = parts.pageHeaders ?? true
  const ctlive = createCtliveServer({ scoring, login, clock, pageHeaders, ...port(parts.ctlivePort) })
  let reader: Ctp01Client | null = null
  let replay: Replay | null = null

  function happenings(to: Ctp01Client): Happening[] {
    const reads = day.reads.map(({ location, tag, boxTime, readerId, gator }) => {
      const at = boxTime + shift
      const send = (): void => {
        to.push({ location, tag, at, readerId, gator })
        scorer.read({ location, tag, at })
      }
      return { at, send }
    })
    const shots = day.guns.map(({ location, boxTime }) => {
      const at = boxTime + shift
      return { at, send: () => to.gun(location, at) }
    })
    return [...shots, ...reads].sort((a, b) => a.at - b.at)
  }

  return {
    async start() {
      await runSignUp.start()
      await ctlive.start()
    },
    async startReplay(target) {
      if (reader) throw new Error('the replay is running')
      reader = createCtp01Client({
        ...target,
        clock,
        zone,
        // The name CTLive wants of a SimpleClient that streams to it.
        eventName: `EVENT${ctliveEventId}`,
        eventId: ctliveEventId,
        description: name,
        locations: day.locations,
        connectionId: hex(createRandom(seed + made), 40),
      })
      replay = createReplay({
        happenings: happenings(reader),
        clock,
        perSecond: parts.backlogPerSecond ?? 400,
      })
      await reader.start()
      replay.start()
    },
    async stop() {
      replay?.stop()
      await reader?.stop()
      await Promise.all([runSignUp.stop(), ctlive.stop()])
    },
    get urls() {
      return { runSignUp: runSignUp.url, ctlive: ctlive.url }
    },
    get reader() {
      return reader
    },
    get replay() {
      return replay
    },
    keys,
    login,
    zone,
    raceId: race.raceId,
    ctliveEventId,
    counts: { ...counts, reads: day.reads.length, guns: day.guns.length },
    registrations,
    scoring,
    scorer,
    resultSets,
    runSignUp,
    ctlive,
  }
}

/** What to add to a box time so that `nowAt` of its first day falls on the minute that is now. */
function shiftTo(firstBoxTime: number, nowAt: string, now: number): number {
  const [hours = 0, minutes = 0] = nowAt.split(':').map(Number)
  const midnight = Math.floor(firstBoxTime / 86_400_000) * 86_400_000
  return toMinute(now) - (midnight + (hours * 60 + minutes) * 60_000)
}

function toMinute(at: number): number {
  return Math.floor(at / 60_000) * 60_000
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}
