import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** Whether this laptop is the hub, and who is on it, as it is now. */
export const useHub = () =>
  useQuery({
    queryKey: ['hub'],
    queryFn: ({ signal }) => client.hub.status(undefined, { signal }),
    meta: { topics: ['health'] },
    refetchInterval: 2000,
  })
