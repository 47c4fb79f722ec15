import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Connection } from '../../../api/connections.ts'
import type { Verified } from '../../../api/verification.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useProviders } from '../../queries.ts'
import { isAnswer, queries } from '../../query.ts'
import { providerName } from '../../words/connections.ts'
import { counted } from '../../words/numbers.ts'
import { checkedInWords, deviationInWords, outcomeOf, verdictInWords } from '../../words/verification.ts'
import styles from './ConnectionDetail.module.css'

/** Holds what a provider really answers, with the kept keys, against what is known of it. Nothing is sent. */
export function LiveCheck({ connection }: { readonly connection: Connection }) {
  const providers = useProviders().data ?? []
  const stop = useRef<AbortController | null>(null)
  const check = useMutation({
    mutationFn: (provider: string) => {
      stop.current = new AbortController()
      // The service that the connection works with, not the vendor's test host.
      return client.verification.run(
        { provider, connectionId: connection.id, live: true },
        { signal: stop.current.signal },
      )
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['connections'] }),
  })
  const progress = useQuery({
    queryKey: ['verification', check.variables],
    queryFn: ({ signal }) => client.verification.progress({ provider: check.variables ?? '' }, { signal }),
    enabled: check.isPending,
    refetchInterval: 500,
    gcTime: 0,
    select: data => data.progress,
  }).data
  const cancelled = check.isError && !isAnswer(check.error) && stop.current?.signal.aborted === true
  return (
    <section className={styles.section} aria-label="Check against the live service">
      <h3>Check against the live service</h3>
      <div className={styles.actions}>
        {[connection.sourceProvider, connection.targetProvider].map(id => (
          <Button key={id} disabled={check.isPending} onClick={() => check.mutate(id)}>
            Check {providerName(providers, id)}
          </Button>
        ))}
        {check.isPending && <Button onClick={() => stop.current?.abort()}>Cancel</Button>}
        <span className="soft" role="status">
          {check.isPending
            ? progress
              ? `${checkedInWords(progress.operation)}, ${counted(progress.calls, 'call')} so far`
              : 'Asking'
            : check.data
              ? verdictInWords(check.data)
              : 'Looks whether the provider answers as we expect. Reads only.'}
        </span>
      </div>
      {check.isPending && <ProgressLine label="Check" done={progress?.done ?? 0} total={null} />}
      {cancelled ? (
        <Note tone="info">Check cancelled.</Note>
      ) : (
        <TroubleNote error={check.error} what="Not checked" />
      )}
      {check.data && <Findings answer={check.data} />}
    </section>
  )
}

function Findings({ answer }: { readonly answer: Verified }) {
  return (
    <div className={styles.table}>
      <table aria-label={`What ${answer.providerName} answered`}>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Outcome</th>
            <th scope="col">What came</th>
          </tr>
        </thead>
        <tbody>
          {answer.findings.map(one => {
            const { tone, words } = outcomeOf(one)
            return (
              <tr key={one.operation}>
                <td>{checkedInWords(one.operation)}</td>
                <td>
                  <Tag tone={tone}>{words}</Tag>
                </td>
                <td className={styles.wrap}>
                  {one.came}
                  {one.confirmed && ' Counts as seen with this account from now on.'}
                  {one.deviations.map(deviation => (
                    <div key={`${deviation.call} ${deviation.what}`}>
                      <small className="warn">{deviationInWords(deviation)}</small>{' '}
                      <small className="faint">{deviation.call}</small>
                    </div>
                  ))}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
