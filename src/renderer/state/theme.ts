import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export const THEMES = ['system', 'dark', 'light', 'sun'] as const
/** sun: light with the highest contrast, for a screen outdoors. */
export type Theme = (typeof THEMES)[number]

interface ThemeState {
  readonly theme: Theme
  choose(theme: Theme): void
}

export const useTheme = create<ThemeState>()(
  persist(set => ({ theme: 'system' as Theme, choose: theme => set({ theme }) }), {
    name: 'trackside-theme',
  }),
)
