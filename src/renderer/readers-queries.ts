import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

export const usePlaces = (sessionId: string) =>
  useQuery({
    queryKey: ['places', sessionId],
    queryFn: ({ signal }) => client.places.list({ id: sessionId }, { signal }),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  })
