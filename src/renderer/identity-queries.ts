import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client } from './client.ts'

export const useOfficeWork = () =>
  useQuery({
    queryKey: ['office-work'],
    queryFn: ({ signal }) => client.identity.work(undefined, { signal }),
    meta: { topics: ['health'] },
    refetchInterval: 10_000,
  })

/** @param q shorter than two letters finds nobody */
export const useKnownPeople = (q: string) =>
  useQuery({
    queryKey: ['known-people', q],
    queryFn: ({ signal }) => client.identity.find({ q }, { signal }),
    select: data => data.people,
    enabled: q.trim().length >= 2,
    placeholderData: keepPreviousData,
  })

export const usePersonWords = () =>
  useQuery({
    queryKey: ['person-words'],
    queryFn: ({ signal }) => client.identity.words({}, { signal }),
    select: data => data.decisions,
  })
