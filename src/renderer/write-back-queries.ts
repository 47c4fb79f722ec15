import { useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

/** Asks registration which bibs it has. */
export const useWriteBackPreview = (connectionId: string) =>
  useQuery({
    queryKey: ['write-back-preview', connectionId],
    queryFn: async ({ signal }) =>
      (await client.writeBack.write({ connectionId, dryRun: true }, { signal })).preview,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

export const useWriteBackAnswers = (connectionId: string) =>
  useQuery({
    queryKey: ['write-back', connectionId],
    queryFn: ({ signal }) => client.writeBack.answers({ connectionId, limit: 200 }, { signal }),
    meta: { topics: ['sync'] },
  })
