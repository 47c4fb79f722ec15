import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { ctlive } from '../../../src/providers/ctlive/index.ts'
import { createCtliveServer } from '../../../src/rehearsal/ctlive-server.ts'
import { createScoring } from '../../../src/rehearsal/scoring.ts'
import type { MakeSite } from '../contract/site.ts'
import { LOGIN } from '../outside.ts'

export const ctliveContractSite: MakeSite = async ({ people, skewMs = 0 }) => {
  let now = Date.parse('2026-05-09T11:00:00Z')
  const scoring = createScoring()
  const { event_id: eventId = '' } = scoring.addEvent({
    event_name: 'Harbor Run',
    event_start_time: '2026-05-09 08:00:00',
  })
  const { race_id: raceId = '' } = scoring.addRace(eventId, { race_name: '5K' })
  const held = new Map<string, string>()
  let made = 0
  const add = (): string => {
    const key = `held-${++made}`
    const entry = scoring.addEntry(raceId, {
      entry_external_id: key,
      entry_bib: String(made),
      athlete_last_name: 'Berg',
    })
    held.set(key, entry.entry_id ?? '')
    return key
  }
  const { race_id: timedId = '' } = scoring.addRace(eventId, { race_name: '10K' })
  const { interval_id: interval = '' } = scoring.results.addInterval(timedId, {
    interval_name: 'Full course',
    interval_is_full: '1',
  })
  const scored = new Set<string>()
  /** Who is faster stands before those who were there already. */
  const finish = (entryId: string, gunSeconds: number): void => {
    const passing = { gunSeconds, chipSeconds: gunSeconds - 4, changedAt: now + skewMs }
    scoring.results.set(interval, entryId, passing)
    scored.add(entryId)
  }
  let finished = 0
  const addResult = (): string => {
    finished += 1
    const fields = { entry_bib: String(9000 + finished), athlete_last_name: 'Holm' }
    const { entry_id: entryId = '' } = scoring.addEntry(timedId, fields)
    finish(entryId, 1200 + finished)
    return entryId
  }
  while (made < people) {
    add()
    addResult()
  }
  const server = createCtliveServer({
    scoring,
    login: LOGIN,
    clock: () => now + skewMs,
    pageHeaders: true,
  })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: ctlive,
    server,
    budget: { spent: 0 },
    settings: { base_url: server.url },
    credentials: LOGIN,
    clock: () => now,
    advance: ms => {
      now += ms
    },
    secrets: () => [...Object.values(LOGIN), createHash('sha1').update(LOGIN.password).digest('hex')],
    pageSize: 'size',
    error200: { fault: { kind: 'error200', code: 4 }, code: 'provider.refused' },
    scored: {
      target: { targetEventId: eventId, targetRaceId: timedId, name: '10K' },
      keys: () => [...scored],
      add: addResult,
      remove(key) {
        scoring.results.takeOut(interval, key)
        scored.delete(key)
      },
      edit: (key, bib) => finish(key, bib / 10),
    },
    places: {
      wanted: { eventName: '5K', raceName: 'Harbor Run', eventDate: '2026-05-09', onlyEvent: true },
      target: { targetEventId: eventId, targetRaceId: raceId, name: '5K' },
      values: { entry_bib: '900', athlete_first_name: 'Ana', athlete_last_name: 'Berg' },
      keys: () => [...held.keys()],
      add,
      remove(key) {
        scoring.removeEntry(held.get(key) ?? '')
        held.delete(key)
      },
      edit: (key, bib) => void scoring.editEntry(held.get(key) ?? '', { entry_bib: String(bib) }),
    },
  }
}
