import { useMutation } from '@tanstack/react-query'
import type { ReaderShown } from '../../../../api/readers.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useNow } from '../../../components/use-now.ts'
import { count, rate } from '../../../words/numbers.ts'
import { clockInWords, protocolName, readerState } from '../../../words/readers.ts'
import { duration } from '../../../words/time.ts'
import styles from './Now.module.css'

/** Every connection that brings or brought reads, in numbers. */
export function ReadersTable({ readers }: { readonly readers: readonly ReaderShown[] }) {
  const now = useNow(1000)
  const askAgain = useMutation({ mutationFn: (key: string) => client.readers.askAgain({ key }) })
  if (readers.length === 0) {
    return (
      <p className={styles.none}>No reader has connected. Point them at this laptop, or have it call them.</p>
    )
  }
  return (
    <>
      <TroubleNote error={askAgain.error} what="Not asked again" onDismiss={askAgain.reset} />
      <table className={styles.table} aria-label="Readers">
        <thead>
          <tr>
            <th scope="col">Reader</th>
            <th scope="col">State</th>
            <th scope="col">Last read</th>
            <th scope="col" className="number">
              Reads
            </th>
            <th scope="col" className="number">
              Nobody’s
            </th>
            <th scope="col" className="number">
              Refused
            </th>
            <th scope="col">Latency</th>
            <th scope="col">Clock</th>
            <th scope="col" aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {readers.map(reader => (
            <Row key={reader.key} reader={reader} now={now} onAskAgain={() => askAgain.mutate(reader.key)} />
          ))}
        </tbody>
      </table>
    </>
  )
}

interface RowProps {
  readonly reader: ReaderShown
  readonly now: number
  readonly onAskAgain: () => void
}

function Row({ reader, now, onAskAgain }: RowProps) {
  const { tone, words } = readerState(reader, now)
  const { latency, clocks, lastReadAt, lastError } = reader
  const known = clocks.flatMap(({ device, behindMs }) => (behindMs === null ? [] : [{ device, behindMs }]))
  return (
    <tr>
      <td className={styles.name}>
        <b>{reader.name}</b>
        <small>
          {[reader.locations.join(', '), protocolName(reader.protocol), reader.address]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </td>
      <td>
        <Tag tone={tone}>{words}</Tag>
        {lastError !== null && <small className="bad">{lastError}</small>}
      </td>
      <td>
        {lastReadAt === null ? 'none' : `${duration(now - lastReadAt)} ago`}
        <small>{rate(reader.readsPerSecond)}/s</small>
      </td>
      <td className="number">
        {count(reader.reads)}
        {reader.redelivered > 0 && <small>{count(reader.redelivered)} sent again</small>}
      </td>
      <td className="number">{count(reader.unknown)}</td>
      <td className={`number ${reader.refused > 0 ? 'bad' : ''}`}>{count(reader.refused)}</td>
      <td>
        {latency === null ? (
          '—'
        ) : (
          <>
            {Math.round(latency.averageMs)} ms
            <small>
              {Math.round(latency.minMs)} to {Math.round(latency.maxMs)} ms
            </small>
          </>
        )}
      </td>
      <td>
        {known.length === 0
          ? '—'
          : known.map(({ device, behindMs }) => (
              <div key={device} className={Math.abs(behindMs) > 1000 ? 'bad' : undefined}>
                {known.length > 1 && `${device}: `}
                {clockInWords(behindMs)}
              </div>
            ))}
      </td>
      <td>
        {reader.state !== 'gone' && (
          <div className={styles.actions}>
            <Button
              small
              aria-label={`Ask ${reader.name} again`}
              title="Lets the connection go; the reader comes back by itself and sends what is missing"
              onClick={onAskAgain}
            >
              Ask again
            </Button>
          </div>
        )}
      </td>
    </tr>
  )
}
