import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

export const usePlaces = (sessionId: string) =>
  useQuery({
    queryKey: ['places', sessionId],
    queryFn: ({ signal }) => client.places.list({ id: sessionId }, { signal }),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  })

/** Doors, readers, gaps and alarms, as they are now. */
export const useReadersStatus = () =>
  useQuery({
    queryKey: ['readers-status'],
    queryFn: ({ signal }) => client.readers.status(undefined, { signal }),
    meta: { topics: ['timing'] },
    refetchInterval: 2000,
    placeholderData: keepPreviousData,
  })

/** Locations of a race day with their laps, and what a read must keep to. */
export const useCourse = (raceDayId: string) =>
  useQuery({
    queryKey: ['course', raceDayId],
    queryFn: ({ signal }) => client.course.show({ id: raceDayId }, { signal }),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  })

export const useReaderClocks = (sessionId: string) =>
  useQuery({
    queryKey: ['reader-clocks', sessionId],
    queryFn: ({ signal }) => client.readerClocks.list({ sessionId }, { signal }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  })

export const useOffsetHistory = (sessionId: string) =>
  useQuery({
    queryKey: ['reader-clocks', sessionId, 'history'],
    queryFn: ({ signal }) => client.readerClocks.history({ sessionId }, { signal }),
  })

/** Marks of boxes' clocks being set. */
export const useClockSteps = (sessionId: string) =>
  useQuery({
    queryKey: ['clock-steps', sessionId],
    queryFn: ({ signal }) => client.readers.clockSteps({ sessionId }, { signal }),
    refetchInterval: 15_000,
  })

export const useNobodysChips = () =>
  useQuery({
    queryKey: ['nobodys-chips'],
    queryFn: ({ signal }) => client.timing.testChips(undefined, { signal }),
    meta: { topics: ['reads'] },
  })
