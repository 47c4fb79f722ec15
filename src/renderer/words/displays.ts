import type { DisplayField, DisplayMode } from '../../core/display.ts'

export const MODE_WORDS: Readonly<Record<DisplayMode, string>> = {
  crossings: 'Who crosses now',
  announcer: 'Announcer: who comes next',
  'pre-race': 'Before the race: who checks in',
  counts: 'How many are where',
}

export const FIELD_CHOICES: Readonly<Record<DisplayField, string>> = {
  bib: 'Bib',
  event: 'Event',
  team: 'Team',
  hometown: 'City and state',
  location: 'Location',
  'race-time': 'Race time',
  'chip-time': 'Chip time',
  message: 'Message',
}
