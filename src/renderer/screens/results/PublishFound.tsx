import { useState } from 'react'
import type { PublishPreview } from '../../../api/results.ts'
import { count, counted } from '../../words/numbers.ts'
import { resultField } from '../../words/results.ts'
import styles from './Results.module.css'

const PARTS = ['added', 'corrected', 'tooFresh', 'noRegistration', 'refused', 'left'] as const
type Part = (typeof PARTS)[number]

const WORDS: Readonly<Record<Part, string>> = {
  added: 'new',
  corrected: 'corrected',
  tooFresh: 'too fresh',
  noRegistration: 'unregistered',
  refused: 'refused',
  left: 'left there',
}

const explained = (part: Part, registration: string): string => {
  switch (part) {
    case 'added':
      return 'Not published yet.'
    case 'corrected':
      return 'Published before, and other in scoring by now. Sent only if you ask for it below.'
    case 'tooFresh':
      return 'Changed in the last five minutes. Not sent; look again when they have rested.'
    case 'noRegistration':
      return `Not sent: ${registration} would not know whose they are.`
    case 'refused':
      return 'Not sent until the reason is gone.'
    case 'left':
      return `Published, and no longer a result in scoring. Take them out at ${registration}.`
  }
}

interface PublishFoundProps {
  readonly preview: PublishPreview
  readonly registration: string
}

/** A preview, part by part. */
export function PublishFound({ preview, registration }: PublishFoundProps) {
  const [chosen, setChosen] = useState<Part | null>(null)
  const part = chosen ?? PARTS.find(one => preview[one].count > 0) ?? 'added'
  const { rows, count: whole } = preview[part]
  return (
    <>
      <div className={styles.tiles}>
        {PARTS.map(one => (
          <button key={one} type="button" aria-pressed={one === part} onClick={() => setChosen(one)}>
            <b>{count(preview[one].count)}</b>
            <small>{WORDS[one]}</small>
          </button>
        ))}
      </div>
      <p className="soft">
        {whole > 0 && `${explained(part, registration)} `}
        {counted(preview.unchanged, 'result')} unchanged.
      </p>
      {rows.length > 0 && (
        <section className={styles.found} aria-label={`Preview: ${WORDS[part]}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Bib</th>
                <th scope="col">Name</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr key={row.resultId}>
                  <td>
                    <b>{row.bibNumber ?? '—'}</b>
                  </td>
                  <td className={styles.wrap}>{row.name === '' ? 'nobody here' : row.name}</td>
                  <td className={styles.wrap}>
                    {row.message ??
                      row.changes
                        .map(
                          ({ field, old, new: now }) =>
                            `${resultField(field)}: ${old ?? 'none'} → ${now ?? 'none'}`,
                        )
                        .join('; ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {whole > rows.length && (
            <p className="faint">
              The first {count(rows.length)} of {count(whole)}.
            </p>
          )}
        </section>
      )}
    </>
  )
}
