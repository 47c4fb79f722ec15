import { useState } from 'react'
import type { Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { PanelTitle } from '../../components/Panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { useTimingStatus } from '../../queries.ts'
import { counted, rate } from '../../words/numbers.ts'
import { duration } from '../../words/time.ts'
import styles from './Readers.module.css'
import { Relays } from './relays/Relays.tsx'

type Reader = Outputs['timing']['status']['readers'][number]

const STATES: Readonly<Record<Reader['state'], { readonly words: string; readonly tone: string }>> = {
  greeting: { words: 'connecting', tone: 'info' },
  streaming: { words: 'connected', tone: 'good' },
  silent: { words: 'silent', tone: 'warn' },
  gone: { words: 'gone', tone: 'bad' },
}

function since(reader: Reader, now: number): string {
  if (reader.state === 'gone' && reader.disconnectedAt !== null)
    return `for ${duration(now - reader.disconnectedAt)}`
  return reader.lastReadAt === null ? 'no read' : duration(now - reader.lastReadAt)
}

/** Every box that sends or sent reads. */
export function Readers() {
  const now = useNow(1000)
  const status = useTimingStatus().data
  const [handing, setHanding] = useState(false)
  if (!status) return null
  const { readers, listener } = status
  const here = readers.filter(reader => reader.state !== 'gone').length
  return (
    <section className={styles.readers} aria-label="Readers">
      <PanelTitle
        title="Readers"
        aside={
          <>
            {readers.length === 0 ? 'none' : `${here} of ${readers.length} connected`}{' '}
            <Button small kind="quiet" aria-haspopup="dialog" onClick={() => setHanding(true)}>
              Hand on…
            </Button>
          </>
        }
      />
      {handing && <Relays onClose={() => setHanding(false)} />}
      {readers.length === 0 && (
        <p className={styles.none} role="status">
          {listener.state === 'listening'
            ? `Listening on port ${listener.port ?? '?'}. Point the readers at this laptop.`
            : (listener.message ?? 'Not listening.')}
        </p>
      )}
      {readers.length > 0 && (
        <table aria-label="Readers">
          <thead hidden>
            <tr>
              <th>Reader</th>
              <th>Reads per second</th>
              <th>Last read</th>
            </tr>
          </thead>
          <tbody>
            {readers.map(reader => (
              <tr
                key={`${reader.address} ${reader.connectedAt}`}
                title={`${reader.address}, ${counted(reader.reads, 'read')}`}
              >
                <td>
                  {reader.name || reader.locations.join(', ') || reader.address}{' '}
                  <span className={STATES[reader.state].tone}>{STATES[reader.state].words}</span>
                  {reader.refused > 0 && (
                    <span className="bad"> {counted(reader.refused, 'line')} refused</span>
                  )}
                </td>
                <td className="number">{rate(reader.readsPerSecond)}/s</td>
                <td className={styles.since}>{since(reader, now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
