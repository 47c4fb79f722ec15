import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** Lists of a whole race day, which reads change many times a second. */
const NOW_AND_THEN_MS = 3000

export const useStarts = (raceDayId: string) =>
  useQuery({
    queryKey: ['starts', raceDayId],
    queryFn: ({ signal }) => client.starts.list({ id: raceDayId }, { signal }),
    refetchInterval: NOW_AND_THEN_MS,
    placeholderData: keepPreviousData,
  })

export const usePreflight = (raceDayId: string) =>
  useQuery({
    queryKey: ['preflight', raceDayId],
    queryFn: ({ signal }) => client.preflight.check({ id: raceDayId }, { signal }),
    refetchInterval: 10_000,
  })

export const useStillOut = (raceDayId: string, eventId: string) =>
  useQuery({
    queryKey: ['still-out', raceDayId, eventId],
    queryFn: ({ signal }) =>
      client.stillOut.list({ id: raceDayId, ...(eventId === '' ? {} : { eventId }) }, { signal }),
    refetchInterval: NOW_AND_THEN_MS,
    placeholderData: keepPreviousData,
  })

export const useKeyedReads = (sessionId: string | null) =>
  useQuery({
    queryKey: ['keyed-reads', sessionId],
    queryFn: ({ signal }) => client.keyedReads.list({ sessionId: sessionId ?? '' }, { signal }),
    enabled: sessionId !== null,
    meta: { topics: ['reads', 'participants'] },
  })

export const useClosing = (raceDayId: string) =>
  useQuery({
    queryKey: ['closing', raceDayId],
    queryFn: ({ signal }) => client.closing.facts({ id: raceDayId }, { signal }),
    meta: { topics: ['connections', 'sync', 'timing'] },
    refetchInterval: 5000,
  })

export const useRelays = () =>
  useQuery({
    queryKey: ['relays'],
    queryFn: ({ signal }) => client.relays.list(undefined, { signal }),
    select: data => data.relays,
    meta: { topics: ['timing'] },
    refetchInterval: NOW_AND_THEN_MS,
  })

export const useListeningPorts = () =>
  useQuery({
    queryKey: ['listening-ports'],
    queryFn: ({ signal }) => client.relays.ports(undefined, { signal }),
    select: data => data.ports,
    meta: { topics: ['timing'] },
  })
