import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** Event of a connection: whose results. */
export interface OfEvent {
  readonly connectionId: string
  readonly eventId: string
}

/** States change by the clock as well: what was too fresh rests. */
const NOW_AND_THEN_MS = 15_000

export const useResultsEvents = () =>
  useQuery({
    queryKey: ['results-events'],
    queryFn: ({ signal }) => client.results.events({}, { signal }),
    select: data => data.events,
    meta: { topics: ['results', 'sync', 'connections', 'participants'] },
  })

export const useResults = (of: OfEvent) =>
  useInfiniteQuery({
    queryKey: ['results', of.connectionId, of.eventId],
    queryFn: ({ pageParam, signal }) =>
      client.results.list(
        { ...of, limit: 200, ...(pageParam === null ? {} : { after: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    meta: { topics: ['results', 'participants'] },
    refetchInterval: NOW_AND_THEN_MS,
    placeholderData: keepPreviousData,
  })

export const useResultsHistory = (of: OfEvent) =>
  useQuery({
    queryKey: ['results-history', of.connectionId, of.eventId],
    queryFn: ({ signal }) => client.results.history({ ...of, limit: 5 }, { signal }),
    select: data => data.operations,
    meta: { topics: ['sync'] },
  })

/** Asks the provider, once each time the question is put. */
export const usePublishPreview = (of: OfEvent) =>
  useQuery({
    queryKey: ['publish-preview', of.connectionId, of.eventId],
    queryFn: async ({ signal }) =>
      (await client.results.publish({ ...of, dryRun: true }, { signal })).preview,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
