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
