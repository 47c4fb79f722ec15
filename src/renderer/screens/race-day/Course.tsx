import { useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import type { Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { PanelTitle } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useCounts } from '../../queries.ts'
import { count, counted } from '../../words/numbers.ts'
import { clock } from '../../words/time.ts'
import styles from './Course.module.css'
import { DoubleBibs } from './DoubleBibs.tsx'

type Counts = Outputs['raceDay']['counts']

/** How many are where. */
export function Course({ raceDay }: { readonly raceDay: RaceDay }) {
  const counts = useCounts(raceDay.id)
  const data = counts.data
  const [doubled, setDoubled] = useState(false)
  const openDoubled = (): void => setDoubled(true)
  useHotkeys({ 'Alt+T': openDoubled })
  return (
    <>
      {doubled && <DoubleBibs raceDay={raceDay} onClose={() => setDoubled(false)} />}
      <PanelTitle title="On the course" aside={data ? `${count(data.checkedIn)} checked in` : undefined} />
      <TroubleNote error={counts.error} what="Counts not read" onRefetch={() => void counts.refetch()} />
      {data && (
        <>
          <dl className={styles.counts} aria-label="Counts">
            <Count words="registered" value={data.registered} />
            <Count words="started" value={data.started} />
            <Count words="finished" value={data.finished} tone="good" />
            <Count words="still out" value={data.stillOut} />
          </dl>
          <p className={styles.more}>{details(data)}</p>
          {data.duplicateBibs > 0 && (
            <p className={styles.more}>
              <Button small hotkey="Alt+T" onClick={openDoubled}>
                {counted(data.duplicateBibs, 'bib')} worn twice
              </Button>
            </p>
          )}
          <FinishBars minutes={data.finishPerMinute} zone={raceDay.timezone} />
        </>
      )}
    </>
  )
}

function details(data: Counts): string {
  const places = data.locations.map(location => `${location.location} ${count(location.people)}`).join(' · ')
  const lacking = data.withoutBib > 0 ? `${count(data.withoutBib)} without a bib` : ''
  return [places, lacking].filter(Boolean).join(' · ')
}

function Count({
  words,
  value,
  tone,
}: {
  readonly words: string
  readonly value: number
  readonly tone?: string
}) {
  return (
    <div>
      <dt>{words}</dt>
      <dd className={tone}>{count(value)}</dd>
    </div>
  )
}

const BARS = 20

/** The last minutes at the finish; a bar's height is its share of the busiest minute. */
function FinishBars({
  minutes,
  zone,
}: {
  readonly minutes: Counts['finishPerMinute']
  readonly zone: string
}) {
  const shown = minutes.slice(-BARS)
  const peak = Math.max(0, ...minutes.map(minute => minute.people))
  const last = shown.at(-1)
  if (last === undefined) return null
  return (
    <>
      <PanelTitle title="Finish, per minute" aside={`last ${count(last.people)}, peak ${count(peak)}`} />
      <svg
        className={styles.bars}
        viewBox={`0 0 ${Math.max(shown.length, 10)} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Finishers per minute, ${shown.length} minutes to ${clock(last.at, zone).slice(0, 5)}: peak ${peak}, last ${last.people}`}
      >
        {shown.map((minute, index) => {
          const height = peak === 0 ? 0 : Math.max(2, (minute.people / peak) * 100)
          return (
            <rect key={minute.at} x={index + 0.06} y={100 - height} width={0.88} height={height}>
              <title>{`${clock(minute.at, zone).slice(0, 5)}: ${minute.people}`}</title>
            </rect>
          )
        })}
      </svg>
    </>
  )
}
