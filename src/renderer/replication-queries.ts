import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** How far this laptop and its peers are in step. */
export const useReplication = () =>
  useQuery({
    queryKey: ['replication'],
    queryFn: ({ signal }) => client.replication.status(undefined, { signal }),
    meta: { topics: ['health'] },
    refetchInterval: 5000,
  })
