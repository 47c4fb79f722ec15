import { useEffect, useId, useRef, useState } from 'react'
import type { Found, Match, RaceDay } from '../../../api/race-day.ts'
import { Keycap } from '../../components/Keycap.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { personQuery, searchQuery, useSearch } from '../../queries.ts'
import { queries } from '../../query.ts'
import { useDesk } from '../../state/desk.ts'
import { usePlace } from '../../state/place.ts'
import { count } from '../../words/numbers.ts'
import styles from './HelpDesk.module.css'
import { optionId, PeopleList } from './PeopleList.tsx'

const LIMIT = 20
/** Enter takes what the last key was answered. */
const JUST_ASKED_MS = 1000

const whole = async (found: Found | undefined): Promise<Match | null> =>
  found === undefined ? null : queries.fetchQuery(personQuery(found.id))

/** Bib, chip or any part of a name; Enter shows who it is, arrows walk when there are several. */
export function BibBox({ raceDay }: { readonly raceDay: RaceDay }) {
  const input = useRef<HTMLInputElement>(null)
  const list = useId()
  const asked = useRef(0)
  const [typed, setTyped] = useState('')
  const [index, setIndex] = useState(0)
  /** What was typed when somebody was shown for it, and who else was found: a change of bib does not shuffle them. */
  const [shownFor, setShownFor] = useState<{
    readonly text: string
    readonly matches: readonly Found[]
  } | null>(null)
  const shownHere = useRef<string | null>(null)
  const personId = useDesk(state => state.personId)
  const show = useDesk(state => state.show)
  const calls = usePlace(state => state.bibBoxCalls)
  const text = typed.trim()
  const search = useSearch(raceDay.id, text, LIMIT)
  const showing = shownFor !== null && shownFor.text === text && text !== ''
  const matches = showing ? shownFor.matches : text === '' ? [] : (search.data?.people ?? [])
  const [failed, setFailed] = useState<unknown>(null)
  const settled = search.isSuccess && !search.isPlaceholderData

  // biome-ignore lint/correctness/useExhaustiveDependencies: each call for the box is a reason to focus it
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [calls])

  // Somebody shown from elsewhere is not who was typed.
  useEffect(() => {
    if (personId === null || personId === shownHere.current) return
    shownHere.current = personId
    setTyped('')
    setIndex(0)
    setShownFor(null)
  }, [personId])

  const showOne = (all: readonly Found[], place: number, person: Match): void => {
    queries.setQueryData(personQuery(person.id).queryKey, person)
    setIndex(place)
    setShownFor({ text, matches: all })
    shownHere.current = person.id
    show(person.id)
    input.current?.select()
  }
  /** What was asked last is shown; trouble is said. */
  const latest = async (ask: () => Promise<(() => void) | null>): Promise<void> => {
    const mine = ++asked.current
    try {
      const then = await ask()
      if (mine !== asked.current) return
      setFailed(null)
      if (then === null) show(null)
      else then()
    } catch (error) {
      if (mine === asked.current) setFailed(error)
    }
  }
  const pick = (all: readonly Found[], place: number): Promise<void> =>
    latest(async () => {
      const person = await whole(all[place])
      return person && (() => showOne(all, place, person))
    })
  const enter = async (): Promise<void> => {
    if (text === '') return
    if (showing) {
      if (matches.length > 1) await pick(matches, (index + 1) % matches.length)
      return
    }
    await latest(async () => {
      const asking = { ...searchQuery(raceDay.id, text, LIMIT), staleTime: JUST_ASKED_MS }
      const { people, best } = await queries.fetchQuery(asking)
      const person = index === 0 ? best : await whole(people[index])
      if (!person) return null
      const place = people.findIndex(({ id }) => id === person.id)
      return () => showOne(people, place, person)
    })
  }
  const walk = (step: number): void => {
    const place = Math.max(0, Math.min(matches.length - 1, index + step))
    if (place === index) return
    setIndex(place)
    if (showing) void pick(matches, place)
  }
  const clear = (): void => {
    asked.current++
    setTyped('')
    setIndex(0)
    setShownFor(null)
    setFailed(null)
    show(null)
    input.current?.focus()
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') void enter()
    else if (event.key === 'ArrowDown') walk(1)
    else if (event.key === 'ArrowUp') walk(-1)
    else if (event.key === 'Escape') clear()
    else return
    event.preventDefault()
  }
  const listed = matches.length > 0 && !showing
  const nobody = text !== '' && !showing && settled && matches.length === 0
  return (
    <>
      <div className={styles.find}>
        <div className={styles.box}>
          <input
            ref={input}
            role="combobox"
            aria-label="Bib, chip or name"
            aria-autocomplete="list"
            aria-expanded={listed}
            aria-controls={listed ? list : undefined}
            aria-activedescendant={listed ? optionId(list, index) : undefined}
            placeholder="Bib, chip or name"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={event => {
              // Whoever types on does not wait for the last Enter.
              asked.current++
              setTyped(event.currentTarget.value)
              setIndex(0)
              setShownFor(null)
              if (event.currentTarget.value.trim() !== text) show(null)
            }}
            onKeyDown={onKeyDown}
          />
          <Keycap>/</Keycap>
        </div>
        <p className={styles.hint} role="status">
          {nobody ? (
            <span className="bad">{nobodyInWords(text, raceDay)}</span>
          ) : (
            hint(matches.length, index, showing)
          )}
        </p>
        <TroubleNote error={failed ?? search.error} what="Not searched" onRetry={() => void enter()} />
      </div>
      {listed && (
        <div className={styles.matches}>
          <PeopleList
            id={list}
            label="Matches"
            people={matches}
            index={index}
            onPick={(_, place) => void pick(matches, place)}
          />
        </div>
      )}
    </>
  )
}

function nobodyInWords(text: string, raceDay: RaceDay): string {
  const people = raceDay.events.reduce((sum, event) => sum + event.participants, 0)
  return `Nobody for “${text}” among ${count(people)} people of ${raceDay.name}`
}

function hint(matches: number, index: number, showing: boolean): string {
  if (showing && matches > 1) {
    return `${index + 1} of ${matches === LIMIT ? `${LIMIT} or more` : matches} · ↑ ↓ walk · Enter next · Esc clears`
  }
  if (matches > 1) return '↑ ↓ walk · Enter shows · Esc clears'
  return 'Bib, chip or any part of a name · Enter shows · Esc clears'
}
