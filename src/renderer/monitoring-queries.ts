import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** What is counted over a day is read again by the clock: while syncs run it would change all the time. */
const SOON_MS = 10_000
const LATER_MS = 60_000

export const useWatchedConnections = () =>
  useQuery({
    queryKey: ['watched-connections'],
    queryFn: ({ signal }) => client.monitoring.connections(undefined, { signal }),
    meta: { topics: ['connections'] },
    refetchInterval: SOON_MS,
    placeholderData: keepPreviousData,
  })

export const useRateBudgets = () =>
  useQuery({
    queryKey: ['rate-budgets'],
    queryFn: ({ signal }) => client.monitoring.budgets(undefined, { signal }),
    select: data => data.budgets,
    meta: { topics: ['connections'] },
    refetchInterval: SOON_MS,
  })

/** @param allowed only managers see it */
export const useSyncSummary = (allowed: boolean) =>
  useQuery({
    queryKey: ['sync-summary'],
    queryFn: ({ signal }) => client.monitoring.syncSummary(undefined, { signal }),
    enabled: allowed,
    meta: { topics: ['connections'] },
    refetchInterval: SOON_MS,
  })

/** @param allowed only managers see it */
export const useParticipantTracking = (allowed: boolean) =>
  useQuery({
    queryKey: ['participant-tracking'],
    queryFn: ({ signal }) => client.monitoring.participantTracking(undefined, { signal }),
    select: data => data.tracking,
    enabled: allowed,
    refetchInterval: LATER_MS,
  })
