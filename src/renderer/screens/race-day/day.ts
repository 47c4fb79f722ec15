import type { RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { useRaceDays, useSessions, useTimingStatus } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { dayOf, laptopZone } from '../../words/time.ts'

/** The race day chosen, or today's, or the newest. */
export function useRaceDay(): RaceDay | null {
  const raceDays = useRaceDays().data ?? []
  const chosen = useDesk(state => state.raceDayId)
  return (
    raceDays.find(day => day.id === chosen) ??
    raceDays.find(day => day.date === dayOf(Date.now(), day.timezone)) ??
    raceDays[0] ??
    null
  )
}

/** The zone that every screen's times are in: the site's; the laptop's own where no race day stands. */
export const useZone = (): string => useRaceDay()?.timezone ?? laptopZone()

/** Sessions of a race day and those of none, with the one whose reads are shown. */
export function useSession(raceDay: RaceDay | null): {
  readonly session: Session | null
  readonly choices: readonly Session[]
} {
  const sessions = useSessions().data ?? []
  const chosen = useDesk(state => state.sessionId)
  const feeding = useTimingStatus().data?.sessionId ?? null
  const choices = sessions.filter(session => session.raceDayId === null || session.raceDayId === raceDay?.id)
  const own = choices.filter(session => session.raceDayId !== null)
  const session =
    choices.find(one => one.id === chosen) ??
    own.find(one => one.id === feeding) ??
    own.find(one => one.status === 'active') ??
    own[0] ??
    choices.find(one => one.id === feeding) ??
    choices[0] ??
    null
  return { session, choices }
}

/** Names of a session's finish locations. */
export const finishesOf = (session: Session | null): ReadonlySet<string> =>
  new Set(
    session?.locations.filter(location => location.kind === 'finish').map(location => location.locationName),
  )
