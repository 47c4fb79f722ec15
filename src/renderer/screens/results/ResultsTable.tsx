import type { Result } from '../../../api/results.ts'
import { Button } from '../../components/Button.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { type OfEvent, useResults } from '../../results-queries.ts'
import { resultStatusInWords, stateInWords } from '../../words/results.ts'
import { raceTime } from '../../words/time.ts'
import styles from './Results.module.css'

const timeCell = (ms: number | null): string => (ms === null ? '—' : raceTime(ms))

/** Results by place, and what is known of each at registration. */
export function ResultsTable({ of }: { readonly of: OfEvent }) {
  const found = useResults(of)
  const rows = found.data?.pages.flatMap(page => page.results) ?? []
  const splits = [...new Set(rows.flatMap(row => row.splitTimes.map(split => split.name)))]
  return (
    <>
      <TroubleNote error={found.error} what="Results not read" onRefetch={() => void found.refetch()} />
      {found.isSuccess && rows.length === 0 && (
        <p className={styles.empty}>No results here. Pull now brings what scoring has.</p>
      )}
      {rows.length > 0 && (
        <table aria-label="Results">
          <thead>
            <tr>
              <th scope="col" className="number">
                Place
              </th>
              <th scope="col">Bib</th>
              <th scope="col">Name</th>
              <th scope="col" className="number">
                Gun
              </th>
              <th scope="col" className="number">
                Chip
              </th>
              {splits.map(split => (
                <th key={split} scope="col" className="number">
                  {split}
                </th>
              ))}
              <th scope="col">Status</th>
              <th scope="col">At registration</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Line key={row.id} row={row} splits={splits} />
            ))}
          </tbody>
        </table>
      )}
      {found.hasNextPage && (
        <p className={styles.empty}>
          <Button disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            More results
          </Button>
        </p>
      )}
    </>
  )
}

function Line({ row, splits }: { readonly row: Result; readonly splits: readonly string[] }) {
  const state = stateInWords(row.state)
  return (
    <tr>
      <td className="number">{row.overallPlace ?? '—'}</td>
      <td>
        <b>{row.bibNumber ?? '—'}</b>
      </td>
      <td className={styles.wrap}>{row.name ?? <span className="faint">nobody here</span>}</td>
      <td className="number">{timeCell(row.gunTimeMs)}</td>
      <td className="number">{timeCell(row.chipTimeMs)}</td>
      {splits.map(name => {
        const split = row.splitTimes.find(one => one.name === name)
        return (
          <td key={name} className="number">
            {timeCell(split?.chipMs ?? split?.gunMs ?? null)}
          </td>
        )
      })}
      <td>{resultStatusInWords(row)}</td>
      <td className={styles.wrap}>
        <Tag tone={state.tone}>{state.words}</Tag> <small className="soft">{row.message}</small>
      </td>
    </tr>
  )
}
