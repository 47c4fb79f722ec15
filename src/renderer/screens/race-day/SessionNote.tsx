import { useMutation } from '@tanstack/react-query'
import type { RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useSessions } from '../../queries.ts'
import { queries } from '../../query.ts'

const readSessions = (): Promise<void> => queries.invalidateQueries({ queryKey: ['sessions'] })

/** A race day whose reads have no session, or a session without a race day: one button mends it. */
export function SessionNote({
  raceDay,
  session,
}: {
  readonly raceDay: RaceDay
  readonly session: Session | null
}) {
  const loaded = useSessions().isSuccess
  const start = useMutation({
    mutationFn: () =>
      client.timing.addSession({
        sessionName: raceDay.name,
        raceDayId: raceDay.id,
        timezone: raceDay.timezone,
      }),
    onSuccess: readSessions,
  })
  const tie = useMutation({
    mutationFn: (id: string) => client.timing.updateSession({ id, raceDayId: raceDay.id }),
    onSuccess: readSessions,
  })
  if (!loaded) return null
  if (session === null) {
    return (
      <>
        <Button disabled={start.isPending} onClick={() => start.mutate()}>
          Start timing session
        </Button>
        <TroubleNote error={start.error} what="Timing session not started" />
      </>
    )
  }
  if (session.raceDayId !== null) return null
  return (
    <>
      <Button disabled={tie.isPending} onClick={() => tie.mutate(session.id)}>
        Reads belong to this race day
      </Button>
      <TroubleNote error={tie.error} what="Session not tied to the race day" />
    </>
  )
}
