import { integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { DisplayLook, DisplayMode } from '../../core/display.ts'
import { clock, id, json, made, partner } from './columns.ts'

/** A screen on a wall. Its address opens it and nothing else, so it is kept as it is, to be read out again. */
export const displays = sqliteTable(
  'displays',
  {
    id: id(),
    timingPartnerId: partner(),
    name: text().notNull(),
    address: text().notNull(),
    raceDayId: text().notNull(),
    /** Names of the locations it shows; empty: finishes. */
    locations: json<readonly string[]>().notNull(),
    /** Names of the locations the announcer's runners come from; empty: all others on the course. */
    comesFrom: json<readonly string[]>().notNull(),
    mode: text().$type<DisplayMode>().notNull(),
    /** Null: the plain one. */
    layoutId: text(),
    /** Taken back: its address opens nothing any more. */
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('displays_address').on(table.address)],
)

export const displayLayouts = sqliteTable('display_layouts', {
  id: id(),
  timingPartnerId: partner(),
  name: text().notNull(),
  look: json<DisplayLook>().notNull(),
  logoId: text(),
  backgroundId: text(),
  removed: integer({ mode: 'boolean' }).notNull(),
  clock: clock(),
  ...made,
})

/** A logo or a background. Its id follows from its bytes, so it never changes. */
export const displayImages = sqliteTable('display_images', {
  id: id(),
  timingPartnerId: partner(),
  mediaType: text().notNull(),
  /** Base64. */
  data: text().notNull(),
  clock: clock(),
  ...made,
})
