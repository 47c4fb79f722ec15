import type { CSSProperties, ReactNode } from 'react'
import type { Crossing } from '../../api/displays.ts'
import type { DisplayLook } from '../../core/display.ts'
import type { Pace } from '../../core/pacing.ts'
import { count } from '../words/numbers.ts'
import { raceTime } from '../words/time.ts'
import styles from './Display.module.css'
import type { Announced, Counted } from './display-state.ts'

/** Rows that fit beside the runner. */
const BEHIND = 8
const LISTED = 8

const COLOURS = {
  dark: { background: '#0b0f13', text: '#ffffff', accent: '#ffb224' },
  light: { background: '#ffffff', text: '#101820', accent: '#8a4b00' },
}

/** A name in huge type fits by its longest line. */
const linesOf = (name: string): readonly string[] => {
  const words = name.split(' ')
  return words.length < 2 ? words : [words.slice(0, -1).join(' '), words.at(-1) ?? '']
}

interface FrameProps {
  readonly look: DisplayLook
  readonly title: string
  /** Addresses of the images' bytes (data:). */
  readonly logo: string | null
  readonly background: string | null
  readonly practice?: boolean
  /** Small, at the foot. */
  readonly foot?: ReactNode
  readonly children: ReactNode
}

/** What every mode stands in: colours, background, logo and title. */
export function DisplayFrame({ look, title, logo, background, practice, foot, children }: FrameProps) {
  const colours = look.theme === 'brand' ? look : COLOURS[look.theme]
  const style = {
    '--d-background': colours.background,
    '--d-text': colours.text,
    '--d-accent': colours.accent,
  } as CSSProperties
  return (
    <div className={styles.frame} style={style}>
      {background !== null && <img className={styles.background} src={background} alt="" />}
      <header className={styles.header}>
        {logo !== null && <img className={styles.logo} src={logo} alt="" />}
        <span>{look.title ?? title}</span>
        {practice && <small>practice race</small>}
      </header>
      {children}
      {foot && <footer className={styles.foot}>{foot}</footer>}
    </div>
  )
}

function Hero({ crossing }: { readonly crossing: Crossing }) {
  const lines = linesOf(crossing.name ?? crossing.bib ?? '')
  const letters = Math.max(4, ...lines.map(line => line.length))
  const facts = [crossing.team, crossing.hometown].filter(Boolean)
  const race = [crossing.event, crossing.location].filter(Boolean)
  return (
    <div className={styles.hero} key={crossing.key}>
      {crossing.name !== null && crossing.bib !== null && <span className={styles.bib}>{crossing.bib}</span>}
      <strong className={styles.name} style={{ '--letters': letters } as CSSProperties}>
        {lines.map(line => (
          <span key={line}>{line}</span>
        ))}
      </strong>
      {facts.length > 0 && <p className={styles.facts}>{facts.join(' · ')}</p>}
      <div className={styles.times}>
        {crossing.raceTimeMs !== null && <b>{raceTime(crossing.raceTimeMs)}</b>}
        {crossing.chipTimeMs !== null && <span>chip {raceTime(crossing.chipTimeMs)}</span>}
        {race.length > 0 && <span>{race.join(' · ')}</span>}
      </div>
      {crossing.message !== null && <p className={styles.message}>{crossing.message}</p>}
    </div>
  )
}

function Line({ crossing, aside }: { readonly crossing: Crossing; readonly aside?: string | null }) {
  return (
    <li>
      <b>{crossing.bib ?? ''}</b>
      <span>{crossing.name ?? ''}</span>
      {aside && <small>{aside}</small>}
    </li>
  )
}

const timeOf = (crossing: Crossing): string | null =>
  crossing.raceTimeMs === null ? null : raceTime(crossing.raceTimeMs)

interface CrossingsProps {
  readonly pace: Pace<Crossing>
  readonly earlier: readonly Crossing[]
  /** Where nobody came yet. */
  readonly waitingFor: string
}

/** The one who crosses now in huge type, and who is behind. */
export function CrossingsView({ pace, earlier, waitingFor }: CrossingsProps) {
  const { current, waiting, passedOver } = pace
  const rush = waiting.length > 0
  const side = rush ? waiting.map(({ item }) => item) : earlier
  const more = rush ? Math.max(0, waiting.length - BEHIND) + passedOver : 0
  return (
    <div className={styles.crossings}>
      {current === null ? <p className={styles.nobody}>{waitingFor}</p> : <Hero crossing={current} />}
      {side.length > 0 && (
        <aside className={styles.side}>
          <h2>{rush ? 'Behind' : 'Before'}</h2>
          <ul>
            {side.slice(0, BEHIND).map(crossing => (
              <Line key={crossing.key} crossing={crossing} aside={timeOf(crossing)} />
            ))}
          </ul>
          {more > 0 && <p className={styles.more}>+{count(more)}</p>}
        </aside>
      )}
    </div>
  )
}

/** Who comes next, how many, and from where. */
export function AnnouncerView({
  announced,
  now,
}: {
  readonly announced: Announced | null
  readonly now: number
}) {
  if (announced === null || announced.people.length === 0)
    return <p className={styles.nobody}>Nobody is on the way yet</p>
  return (
    <div className={styles.announcer}>
      <p className={styles.from}>
        <b>
          {count(announced.total)}
          {announced.whole ? '' : '+'}
        </b>{' '}
        on the way
        {announced.from.map(({ location, people }) => (
          <span key={location}>
            {location} {count(people)}
          </span>
        ))}
      </p>
      <ol>
        {announced.people.slice(0, LISTED).map(crossing => (
          <li key={crossing.key}>
            <b>{crossing.bib ?? ''}</b>
            <strong>{crossing.name ?? ''}</strong>
            <span>{[crossing.team, crossing.hometown].filter(Boolean).join(' · ')}</span>
            <small>
              {crossing.location ?? ''}, {Math.max(0, Math.round((now - crossing.at) / 60_000))} min ago
            </small>
          </li>
        ))}
      </ol>
      {announced.total > LISTED && <p className={styles.more}>+{count(announced.total - LISTED)}</p>}
    </div>
  )
}

/** How many are where. */
export function CountsView({ counted }: { readonly counted: Counted | null }) {
  if (counted === null) return <p className={styles.nobody}>Counting…</p>
  const large = [
    ['Registered', counted.registered],
    ['Started', counted.started],
    ['Finished', counted.finished],
    ['Still out', counted.stillOut],
  ] as const
  return (
    <div className={styles.counts}>
      <dl>
        {large.map(([words, people]) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>{count(people)}</dd>
          </div>
        ))}
      </dl>
      <ul>
        {counted.locations.slice(0, 8).map(({ location, people }) => (
          <li key={location}>
            <span>{location}</span>
            <b>{count(people)}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}
