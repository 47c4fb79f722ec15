import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import type { RaceDay } from '../../../api/race-day.ts'
import { useConnections, useUnifiedEvents } from '../../queries.ts'
import { queries } from '../../query.ts'
import { type Started, useStartedSyncs } from '../../state/started-syncs.ts'
import { syncNow } from '../../sync-now.ts'

export interface SyncRun {
  readonly connections: readonly Connection[]
  readonly started: readonly Started[]
  readonly canStart: boolean
  start(): void
  putAway(): void
}

async function startOne(connection: Connection): Promise<Started> {
  try {
    const { operationId } = await syncNow({ connectionId: connection.id })
    return { connection, operationId, error: null }
  } catch (error) {
    return { connection, operationId: null, error }
  }
}

/** Connections that bring this race day's events; all of them where that cannot be told. */
function useConnectionsOf(raceDay: RaceDay): readonly Connection[] {
  const connections = useConnections().data ?? []
  const events = useUnifiedEvents().data ?? []
  const ids = new Set(raceDay.events.map(event => event.id))
  const ours = events.filter(event => ids.has(event.id))
  const own = connections.filter(({ sourceProvider, events: chosen }) =>
    ours.some(
      event =>
        event.sourceProvider === sourceProvider && (chosen === 'all' || chosen.includes(event.sourceEventId)),
    ),
  )
  return own.length > 0 ? own : connections
}

const NONE: readonly Started[] = []

/** A manual sync of everything the race day needs, and what became of it. */
export function useSyncRun(raceDay: RaceDay): SyncRun {
  const connections = useConnectionsOf(raceDay)
  const started = useStartedSyncs(({ byRaceDay }) => byRaceDay.get(raceDay.id)) ?? NONE
  const keep = useStartedSyncs(state => state.keep)
  const [starting, setStarting] = useState(false)
  // One that waits for the network is woken by asking again.
  const idle = connections.filter(one => one.running === null || one.running.status === 'waiting')
  const start = async (): Promise<void> => {
    setStarting(true)
    keep(raceDay.id, await Promise.all(idle.map(startOne)))
    setStarting(false)
    void queries.invalidateQueries({ queryKey: ['connections'] })
  }
  return {
    connections,
    started,
    canStart: !starting && idle.length > 0,
    start: () => void start(),
    putAway: () => keep(raceDay.id, NONE),
  }
}
