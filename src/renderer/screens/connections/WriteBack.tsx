import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useProviders } from '../../queries.ts'
import { doesAbility, progressInWords, providerName, waitingInWords } from '../../words/connections.ts'
import { counted } from '../../words/numbers.ts'
import { moment } from '../../words/time.ts'
import { useWriteBackAnswers } from '../../write-back-queries.ts'
import { useZone } from '../race-day/day.ts'
import { WriteBackDialog } from './WriteBackDialog.tsx'
import { AnswersTable } from './WriteBackTables.tsx'

/** The way of the desk's bibs and chips to registration. */
export function WriteBackButton({ connection }: { readonly connection: Connection }) {
  const providers = useProviders().data ?? []
  const [open, setOpen] = useState(false)
  const source = providers.find(({ id }) => id === connection.sourceProvider)
  if (!doesAbility(source, 'write-back')) return null
  const registration = providerName(providers, connection.sourceProvider)
  return (
    <>
      <Button onClick={() => setOpen(true)}>Write bibs to {registration}…</Button>
      {open && (
        <WriteBackDialog connection={connection} registration={registration} onClose={() => setOpen(false)} />
      )}
    </>
  )
}

/** What is under way, and what registration said of each that was sent. */
export function WriteBackAnswers({ connection }: { readonly connection: Connection }) {
  const now = useNow(1000)
  const zone = useZone()
  const found = useWriteBackAnswers(connection.id)
  const providers = useProviders().data ?? []
  const [shown, setShown] = useState(false)
  const { answers = [], running = null } = found.data ?? {}
  const registration = providerName(providers, connection.sourceProvider)
  const [last] = answers
  const refused = answers.filter(({ outcome }) => outcome !== 'accepted').length
  return (
    <>
      <TroubleNote
        error={found.error}
        what="Bibs written back not read"
        onRefetch={() => void found.refetch()}
      />
      {running && (
        <div role="status">
          {running.status === 'waiting'
            ? waitingInWords(running, now)
            : progressInWords({
                id: running.id,
                status: running.status,
                step: running.step,
                processed: running.processedRecords,
                total: running.totalRecords,
              })}
          <ProgressLine label="Write-back" done={running.processedRecords} total={running.totalRecords} />
        </div>
      )}
      {last && (
        <Note
          tone={refused > 0 ? 'warn' : 'info'}
          actions={
            <Button small aria-expanded={shown} onClick={() => setShown(!shown)}>
              {shown ? 'Hide them' : 'Show them'}
            </Button>
          }
        >
          <b>
            {counted(answers.length - refused, 'registration has', 'registrations have')} the new bib or chip
            at {registration}
          </b>
          {refused > 0 && `, ${counted(refused, 'has not', 'have not')}`}. Last {moment(last.sentAt, zone)}.
        </Note>
      )}
      {shown && <AnswersTable answers={answers} />}
    </>
  )
}
