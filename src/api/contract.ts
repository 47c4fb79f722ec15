import { alerts } from './alerts.ts'
import { closing } from './closing.ts'
import { connections } from './connections.ts'
import { courseContract } from './course.ts'
import { csvReads } from './csv-reads.ts'
import { desk } from './desk.ts'
import { displays } from './displays.ts'
import { hub } from './hub.ts'
import { identity } from './identity.ts'
import { keeping } from './keeping.ts'
import { keyedReads } from './keyed-reads.ts'
import { mapping } from './mapping.ts'
import { monitoring } from './monitoring.ts'
import { placesContract } from './places.ts'
import { preflight } from './preflight.ts'
import { raceDayContract } from './race-day.ts'
import { readerClocks } from './reader-clocks.ts'
import { readers } from './readers.ts'
import { reconciliation } from './reconciliation.ts'
import { relays } from './relays.ts'
import { replication } from './replication.ts'
import { results } from './results.ts'
import { starts } from './starts.ts'
import { stillOut } from './still-out.ts'
import { sync } from './sync.ts'
import { system } from './system.ts'
import { timing } from './timing.ts'
import { verification } from './verification.ts'
import { writeBack } from './write-back.ts'

/** Every procedure and stream that the window, the browser on the LAN and HTTP clients may use. */
export const contract = {
  system,
  connections,
  mapping,
  sync,
  raceDay: raceDayContract,
  desk,
  timing,
  displays,
  keeping,
  hub,
  starts,
  course: courseContract,
  readerClocks,
  keyedReads,
  stillOut,
  preflight,
  readers,
  closing,
  csvReads,
  places: placesContract,
  relays,
  alerts,
  results,
  reconciliation,
  writeBack,
  verification,
  monitoring,
  replication,
  identity,
}

export type Contract = typeof contract
