import { create } from 'zustand'

export const SCREENS = ['race-day', 'connections', 'results', 'monitoring', 'displays'] as const
export type Screen = (typeof SCREENS)[number]

export const DAY_VIEWS = ['desk', 'preflight', 'starts', 'still-out', 'keyed', 'readers'] as const
export type DayView = (typeof DAY_VIEWS)[number]

export const READERS_VIEWS = ['now', 'boxes', 'locations', 'clocks', 'questions', 'chips'] as const
export type ReadersView = (typeof READERS_VIEWS)[number]

export const CONNECTION_TABS = [
  'overview',
  'preview',
  'reconciliation',
  'mapping',
  'history',
  'settings',
] as const
export type ConnectionTab = (typeof CONNECTION_TABS)[number]

interface PlaceState {
  readonly screen: Screen
  readonly dayView: DayView
  readonly readersView: ReadersView
  readonly connectionId: string | null
  readonly connectionTab: ConnectionTab
  readonly adding: boolean
  /** Counts up each time the bib box is called for, from any screen. */
  readonly bibBoxCalls: number
  go(screen: Screen): void
  goDay(dayView: DayView): void
  goReaders(readersView: ReadersView): void
  openConnection(id: string | null, tab?: ConnectionTab): void
  add(adding: boolean): void
  callBibBox(): void
}

/** Where in the app the window is. */
export const usePlace = create<PlaceState>()(set => ({
  screen: 'race-day',
  dayView: 'desk',
  readersView: 'now',
  connectionId: null,
  connectionTab: 'overview',
  adding: false,
  bibBoxCalls: 0,
  go: screen => set({ screen, adding: false }),
  goDay: dayView => set({ dayView, screen: 'race-day', adding: false }),
  goReaders: readersView => set({ readersView, dayView: 'readers', screen: 'race-day', adding: false }),
  openConnection: (connectionId, connectionTab = 'overview') =>
    set({ screen: 'connections', connectionId, connectionTab, adding: false }),
  add: adding => set(adding ? { adding, screen: 'connections' } : { adding }),
  callBibBox: () =>
    set(state => ({
      screen: 'race-day',
      dayView: 'desk',
      adding: false,
      bibBoxCalls: state.bibBoxCalls + 1,
    })),
}))
