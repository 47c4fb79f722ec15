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

/** What two laptops decided apart; of one person, or all. */
export const useConflicts = (participantId: string | null) =>
  useQuery({
    queryKey: ['conflicts', participantId],
    queryFn: ({ signal }) =>
      client.replication.conflicts(participantId === null ? {} : { participantId }, { signal }),
    select: data => data.conflicts,
    meta: { topics: ['participants', 'timing', 'connections'] },
  })
