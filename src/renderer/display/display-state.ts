import type { Crossing } from '../../api/displays.ts'
import { arrive, emptyPace, type Pace, turn } from '../../core/pacing.ts'
import type { Outputs } from '../client.ts'

export type Shown = Outputs['displays']['show']
export type Announced = Outputs['displays']['announcer']
export type Counted = Outputs['displays']['counts']

export interface DisplayState {
  readonly shown: Shown | null
  readonly pace: Pace<Crossing>
  /** Newest first: who stood there before the current one. */
  readonly earlier: readonly Crossing[]
  readonly announced: Announced | null
  readonly counted: Counted | null
  /** Ms UTC since when nothing is heard; null while it is. */
  readonly silentSince: number | null
  /** The address opens nothing, or no longer. */
  readonly refused: boolean
}

export const EMPTY: DisplayState = {
  shown: null,
  pace: emptyPace(),
  earlier: [],
  announced: null,
  counted: null,
  silentSince: null,
  refused: false,
}

export type Happening =
  | { readonly kind: 'shown'; readonly shown: Shown }
  | {
      readonly kind: 'crossings'
      readonly crossings: readonly Crossing[]
      readonly isNew: boolean
      readonly at: number
    }
  | { readonly kind: 'turn'; readonly at: number }
  | { readonly kind: 'announced'; readonly announced: Announced }
  | { readonly kind: 'counted'; readonly counted: Counted }
  | { readonly kind: 'heard' }
  | { readonly kind: 'silent'; readonly at: number }
  | { readonly kind: 'refused' }

const EARLIER = 20

const turned = (state: DisplayState, at: number): DisplayState => {
  const pace = turn(state.pace, at)
  if (pace === state.pace) return state
  const before = state.pace.current
  return {
    ...state,
    pace,
    earlier: before === null ? state.earlier : [before, ...state.earlier].slice(0, EARLIER),
  }
}

/** Who was not shown yet: after a lost connection the last ones come again. */
function unknown(state: DisplayState, crossings: readonly Crossing[]): readonly Crossing[] {
  const known = new Set([
    ...state.earlier.map(({ key }) => key),
    ...state.pace.waiting.map(({ item }) => item.key),
    ...(state.pace.current === null ? [] : [state.pace.current.key]),
  ])
  return crossings.filter(({ key }) => !known.has(key))
}

export function afterHappening(state: DisplayState, happening: Happening): DisplayState {
  switch (happening.kind) {
    case 'shown': {
      const other = state.shown !== null && state.shown.mode !== happening.shown.mode
      return { ...(other ? EMPTY : state), shown: happening.shown, refused: false }
    }
    case 'crossings': {
      const first = state.pace.current === null && state.earlier.length === 0
      const crossings = unknown(state, happening.crossings)
      if (!happening.isNew && first) return { ...state, earlier: [...crossings].reverse() }
      return turned({ ...state, pace: arrive(state.pace, crossings, happening.at) }, happening.at)
    }
    case 'turn':
      return turned(state, happening.at)
    case 'announced':
      return { ...state, announced: happening.announced }
    case 'counted':
      return { ...state, counted: happening.counted }
    case 'heard':
      return state.silentSince === null && !state.refused
        ? state
        : { ...state, silentSince: null, refused: false }
    case 'silent':
      return state.silentSince === null ? { ...state, silentSince: happening.at } : state
    case 'refused':
      return { ...EMPTY, refused: true }
  }
}
