import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

export const useFreeze = () =>
  useQuery({
    queryKey: ['freeze'],
    queryFn: ({ signal }) => client.sync.freeze(undefined, { signal }),
    select: data => data.frozen,
    meta: { topics: ['sync'] },
  })

export const useLeftAtTarget = (connectionId: string) =>
  useQuery({
    queryKey: ['left-at-target', connectionId],
    queryFn: ({ signal }) => client.sync.leftAtTarget({ connectionId }, { signal }),
    meta: { topics: ['sync', 'participants'] },
  })

export const useAlerts = () =>
  useQuery({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => client.alerts.list(undefined, { signal }),
    meta: { topics: ['health'] },
  })
