import {
  IconActivity,
  IconContrast2,
  IconDeviceTv,
  IconFlag,
  IconListNumbers,
  IconMoon,
  IconPlugConnected,
  IconSun,
  IconSunHigh,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Screen, usePlace } from '../../state/place.ts'
import { THEMES, type Theme, useTheme } from '../../state/theme.ts'
import { laptopZone, placeOf } from '../../words/time.ts'
import { useRaceDay } from '../race-day/day.ts'
import styles from './Shell.module.css'

const ENTRIES: readonly { readonly screen: Screen; readonly words: string; readonly icon: ReactNode }[] = [
  { screen: 'race-day', words: 'Race day', icon: <IconFlag size={19} aria-hidden /> },
  { screen: 'connections', words: 'Connections', icon: <IconPlugConnected size={19} aria-hidden /> },
  { screen: 'results', words: 'Results', icon: <IconListNumbers size={19} aria-hidden /> },
  { screen: 'monitoring', words: 'Monitoring', icon: <IconActivity size={19} aria-hidden /> },
  { screen: 'displays', words: 'Displays', icon: <IconDeviceTv size={19} aria-hidden /> },
]

const THEME_WORDS: Readonly<Record<Theme, { readonly words: string; readonly icon: ReactNode }>> = {
  system: { words: 'Theme: system', icon: <IconContrast2 size={18} aria-hidden /> },
  dark: { words: 'Theme: dark', icon: <IconMoon size={18} aria-hidden /> },
  light: { words: 'Theme: light', icon: <IconSun size={18} aria-hidden /> },
  sun: { words: 'Theme: sun', icon: <IconSunHigh size={18} aria-hidden /> },
}

export function Navigation() {
  const { screen, go } = usePlace()
  const { theme, choose } = useTheme()
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  return (
    <nav className={styles.nav} aria-label="Screens">
      <span className={styles.mark} aria-hidden="true">
        T
      </span>
      {ENTRIES.map(entry => (
        <button
          key={entry.screen}
          type="button"
          aria-current={screen === entry.screen ? 'page' : undefined}
          onClick={() => go(entry.screen)}
        >
          {entry.icon}
          {entry.words}
        </button>
      ))}
      <TimesOf />
      <button type="button" title={`Change to ${next}`} onClick={() => choose(next)}>
        {THEME_WORDS[theme].icon}
        {THEME_WORDS[theme].words}
      </button>
    </nav>
  )
}

/** Whose clock every time on every screen is by. */
function TimesOf() {
  const site = useRaceDay()?.timezone
  const zone = site ?? laptopZone()
  return (
    <p className={styles.times} title={zone}>
      Times: {site === undefined ? `this laptop, ${placeOf(zone)}` : placeOf(zone)}
    </p>
  )
}
