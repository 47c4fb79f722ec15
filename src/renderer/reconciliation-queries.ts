import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { ReconciliationFinding } from '../api/reconciliation.ts'
import { client } from './client.ts'

const PAGE = 200

export const useReconciliation = (connectionId: string) =>
  useQuery({
    queryKey: ['reconciliation', connectionId],
    queryFn: ({ signal }) => client.reconciliation.last({ connectionId }, { signal }),
    meta: { topics: ['sync'] },
  })

export const useFindings = (connectionId: string, kind: ReconciliationFinding['kind']) =>
  useInfiniteQuery({
    queryKey: ['reconciliation-findings', connectionId, kind],
    queryFn: ({ pageParam, signal }) =>
      client.reconciliation.findings(
        { connectionId, kind, limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    select: data => data.pages.flatMap(page => page.findings),
    meta: { topics: ['sync'] },
  })
