import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Topic } from '../api/system.ts'
import { client, type Inputs } from './client.ts'

const topics = (...names: Topic[]): { readonly topics: readonly Topic[] } => ({ topics: names })

/** An engine that does not answer within this is silent. */
const PATIENCE_MS = 8000

export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) =>
      client.system.health(undefined, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      }),
    meta: topics('health'),
    refetchInterval: 5000,
  })

export const useBackups = () =>
  useQuery({
    queryKey: ['backups'],
    queryFn: ({ signal }) => client.keeping.backups(undefined, { signal }),
    meta: topics('health'),
  })

/** Every read changes it: read again by the clock, not by the read. */
export const useTimingStatus = () =>
  useQuery({
    queryKey: ['timing-status'],
    queryFn: ({ signal }) => client.timing.status(undefined, { signal }),
    refetchInterval: 1000,
  })

export const useProviders = () =>
  useQuery({
    queryKey: ['providers'],
    queryFn: ({ signal }) => client.connections.providers(undefined, { signal }),
    select: data => data.providers,
    staleTime: 60_000,
  })

export const useConnections = () =>
  useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => client.connections.list(undefined, { signal }),
    select: data => data.connections,
    meta: topics('connections', 'sync'),
  })

export const useRaceDays = () =>
  useQuery({
    queryKey: ['race-days'],
    queryFn: ({ signal }) => client.raceDay.raceDays(undefined, { signal }),
    select: data => data.raceDays,
    meta: topics('participants', 'connections', 'timing'),
    // A gun comes as a read.
    refetchInterval: 2000,
  })

export const useUnifiedEvents = () =>
  useQuery({
    queryKey: ['unified-events'],
    queryFn: ({ signal }) => client.raceDay.unifiedEvents({}, { signal }),
    select: data => data.events,
    meta: topics('participants', 'connections'),
  })

export const useSessions = () =>
  useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => client.timing.sessions(undefined, { signal }),
    select: data => data.sessions,
    meta: topics('timing'),
    refetchInterval: 5000,
  })

/** Of everybody and all their reads: read again by the clock, or when a person changed. */
export const useCounts = (raceDayId: string | null) =>
  useQuery({
    queryKey: ['counts', raceDayId],
    queryFn: ({ signal }) => client.raceDay.counts({ id: raceDayId ?? '' }, { signal }),
    enabled: raceDayId !== null,
    meta: topics('participants'),
    refetchInterval: 2000,
    placeholderData: keepPreviousData,
  })

export const useReads = (input: Inputs['timing']['reads'], enabled: boolean) =>
  useQuery({
    queryKey: ['reads', input],
    queryFn: ({ signal }) => client.timing.reads(input, { signal }),
    enabled,
    meta: topics('reads', 'participants', 'timing'),
    placeholderData: keepPreviousData,
  })

export const useUnlinked = (sessionId: string | null) =>
  useQuery({
    queryKey: ['unlinked', sessionId],
    queryFn: ({ signal }) => client.timing.unlinked(sessionId === null ? {} : { sessionId }, { signal }),
    enabled: sessionId !== null,
    meta: topics('reads', 'participants', 'timing'),
    placeholderData: keepPreviousData,
  })

/** Whom a search or a decision has just brought is not asked for again at once. */
const JUST_BROUGHT_MS = 1000

export const personQuery = (id: string) => ({
  queryKey: ['person', id],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => client.raceDay.participant({ id }, { signal }),
  meta: topics('participants', 'reads', 'sync'),
  staleTime: JUST_BROUGHT_MS,
})

export const usePerson = (id: string | null) => useQuery({ ...personQuery(id ?? ''), enabled: id !== null })

/** People by whatever was typed, and the one that Enter means whole; who is shown is read again by usePerson. */
export const searchQuery = (raceDayId: string | null, typed: string, limit: number) => ({
  queryKey: ['search', raceDayId, typed, limit],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    client.raceDay.search({ q: typed, limit, ...(raceDayId === null ? {} : { raceDayId }) }, { signal }),
  meta: topics('participants'),
})

export const useSearch = (raceDayId: string | null, typed: string, limit = 20) =>
  useQuery({
    ...searchQuery(raceDayId, typed, limit),
    enabled: typed !== '',
    placeholderData: keepPreviousData,
  })

/** The last operations of a connection. */
export const useSyncStatus = (connectionId: string | null) =>
  useQuery({
    queryKey: ['sync-status', connectionId],
    queryFn: ({ signal }) => client.sync.status({ connectionId: connectionId ?? '' }, { signal }),
    enabled: connectionId !== null,
    meta: topics('sync', 'connections'),
  })

export const useOperation = (id: string | null) =>
  useQuery({
    queryKey: ['operation', id],
    queryFn: ({ signal }) => client.sync.operation({ id: id ?? '' }, { signal }),
    enabled: id !== null,
    meta: topics('sync'),
    refetchInterval: query => (query.state.data && query.state.data.completedAt !== null ? false : 2000),
  })

export const useDisplays = () =>
  useQuery({
    queryKey: ['displays'],
    queryFn: ({ signal }) => client.displays.list(undefined, { signal }),
    meta: topics('displays'),
    refetchInterval: 5000,
  })

export const useDisplayReach = () =>
  useQuery({
    queryKey: ['display-reach'],
    queryFn: ({ signal }) => client.displays.reach(undefined, { signal }),
    meta: topics('displays'),
  })

/** Names of a race day's locations, to choose from. */
export const useDisplayLocations = (raceDayId: string) =>
  useQuery({
    queryKey: ['display-locations', raceDayId],
    queryFn: ({ signal }) => client.displays.locations({ raceDayId }, { signal }),
    meta: topics('timing'),
    select: data => data.locations,
  })

/** An image of the store as a data: address. Its bytes never change. */
export const useDisplayImage = (imageId: string | null) =>
  useQuery({
    queryKey: ['display-image', imageId],
    queryFn: ({ signal }) => client.displays.image({ imageId: imageId ?? '' }, { signal }),
    enabled: imageId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    select: ({ mediaType, data }) => `data:${mediaType};base64,${data}`,
  })
