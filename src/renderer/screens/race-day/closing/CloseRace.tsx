import type { RaceDay } from '../../../../api/race-day.ts'
import type { Outputs } from '../../../client.ts'
import { Dialog } from '../../../components/Dialog.tsx'
import { type Fact, Facts } from '../../../components/Facts.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useClosing } from '../../../race-day-queries.ts'
import { count, counted, listed } from '../../../words/numbers.ts'
import { CloseForm } from './CloseForm.tsx'
import { ExportRace } from './ExportRace.tsx'

type Closing = Outputs['closing']['facts']

/** What is still open, in words; nothing of it keeps anybody from closing. */
function openFacts({ connections, sessions, stillOut, startsWithoutGun }: Closing): readonly Fact[] {
  const waiting = connections.reduce((sum, connection) => sum + connection.waiting, 0)
  const unlinked = sessions.reduce((sum, session) => sum + session.unlinked, 0)
  const keyed = sessions.reduce((sum, session) => sum + session.keyedWaiting, 0)
  const tone = (trouble: boolean, words: string) => <span className={trouble ? 'warn' : 'good'}>{words}</span>
  return [
    {
      term: 'Scoring',
      words:
        connections.length === 0
          ? 'no connection brings this race day'
          : tone(
              waiting > 0,
              waiting > 0
                ? `${counted(waiting, 'change')} wait: Sync now (F5) first`
                : 'has heard of everybody',
            ),
    },
    {
      term: 'Still out',
      words: tone(stillOut > 0, stillOut === 0 ? 'nobody' : counted(stillOut, 'person', 'people')),
    },
    {
      term: 'Nobody’s',
      words: tone(unlinked > 0, unlinked === 0 ? 'none' : counted(unlinked, 'read')),
    },
    {
      term: 'Keyed reads',
      words: tone(keyed > 0, keyed === 0 ? 'none without a bib' : `${count(keyed)} without a bib`),
    },
    {
      term: 'Guns',
      words: tone(
        startsWithoutGun.length > 0,
        startsWithoutGun.length === 0 ? 'every start has one' : `none for ${listed(startsWithoutGun)}`,
      ),
    },
  ]
}

/** The end of a race day in one place: what is open, files, sessions, schedules, and the date for personal data. */
export function CloseRace({ raceDay, onClose }: { readonly raceDay: RaceDay; readonly onClose: () => void }) {
  const facts = useClosing(raceDay.id)
  return (
    <Dialog title={`Close ${raceDay.name}`} onClose={onClose} wide>
      <TroubleNote error={facts.error} what="Not read" onRefetch={() => void facts.refetch()} />
      {facts.data && (
        <>
          <Facts facts={openFacts(facts.data)} />
          <ExportRace raceDayId={raceDay.id} sessions={facts.data.sessions} />
          <CloseForm raceDay={raceDay} facts={facts.data} onClose={onClose} />
        </>
      )}
    </Dialog>
  )
}
