import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { DISPLAY_FIELDS, DISPLAY_MODES } from '../core/display.ts'
import { done, id, moment, route } from './route.ts'

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'A colour is #rrggbb')

const look = z.object({
  theme: z.enum(['dark', 'light', 'brand']),
  background: colour,
  text: colour,
  accent: colour,
  title: z.string().trim().max(120).nullable(),
  fields: z.array(z.enum(DISPLAY_FIELDS)),
  messages: z.array(z.string().trim().min(1).max(200)).max(100),
})

const layoutWritten = {
  name: z.string().trim().min(1).max(120),
  look,
  /** Ids of images. */
  logoId: id.nullable(),
  backgroundId: id.nullable(),
}
const layout = z.object({ id, ...layoutWritten })
export type DisplayLayout = z.infer<typeof layout>

const displayWritten = {
  name: z.string().trim().min(1).max(120),
  raceDayId: id,
  /** Names of the locations it shows; empty: the finishes. */
  locations: z.array(z.string().min(1)).max(100),
  /** Names of the locations the announcer's runners come from; empty: all others on the course. */
  comesFrom: z.array(z.string().min(1)).max(100),
  mode: z.enum(DISPLAY_MODES),
  /** Null: the plain one. */
  layoutId: id.nullable(),
}
const display = z.object({
  id,
  ...displayWritten,
  /** 8 letters and digits: /d/ABCD2345 opens it. */
  address: z.string(),
  raceDayName: z.string().nullable(),
  /** Screens that show it now. */
  watching: z.number(),
  createdAt: moment,
})
export type Display = z.infer<typeof display>

const reach = z.object({
  /** Whether other machines get to displays here. */
  open: z.boolean(),
  /** False: this way of running cannot let them in. */
  canOpen: z.boolean(),
  port: z.number().nullable(),
  /** Where they find it: http://192.168.1.20:8484. */
  addresses: z.array(z.string()),
})

/** What is null is not known, or not chosen by the layout. */
const crossing = z.object({
  key: z.string(),
  at: moment,
  name: z.string().nullable(),
  bib: z.string().nullable(),
  event: z.string().nullable(),
  team: z.string().nullable(),
  hometown: z.string().nullable(),
  location: z.string().nullable(),
  raceTimeMs: z.number().nullable(),
  chipTimeMs: z.number().nullable(),
  message: z.string().nullable(),
})
export type Crossing = z.infer<typeof crossing>

const told = z.discriminatedUnion('kind', [
  /** Oldest first. Those that came before the stream began are not new. */
  z.object({ kind: z.literal('crossings'), isNew: z.boolean(), crossings: z.array(crossing) }),
  /** Read the counts or the announcer's list again. */
  z.object({ kind: z.literal('counts'), at: moment }),
  /** Read the display again. */
  z.object({ kind: z.literal('display'), at: moment }),
  /** All is well, and nothing new. */
  z.object({ kind: z.literal('beat'), at: moment }),
])
export type Told = z.infer<typeof told>

/** A display names itself by its address; whoever else may look says which. */
const which = z.object({ id: id.optional() })

const shown = (path: `/${string}`, summary: string) =>
  route('GET', path, 'display', summary).meta({ role: 'display', ofDisplays: true })

export const displays = {
  list: route('GET', '/displays', 'crew', 'Displays with their addresses').output(
    z.object({ displays: z.array(display), layouts: z.array(layout) }),
  ),
  add: route('POST', '/displays', 'crew', 'A display with an address of its own')
    .input(z.object(displayWritten))
    .output(display),
  update: route('PATCH', '/displays/{id}', 'crew', 'Changes what is named; a new address ends the old one')
    .input(
      z.object({
        id,
        name: displayWritten.name.optional(),
        raceDayId: id.optional(),
        locations: displayWritten.locations.optional(),
        comesFrom: displayWritten.comesFrom.optional(),
        mode: displayWritten.mode.optional(),
        layoutId: displayWritten.layoutId.optional(),
        newAddress: z.boolean().optional(),
      }),
    )
    .output(display),
  remove: route(
    'DELETE',
    '/displays/{id}',
    'crew',
    'Takes a display away; its address opens nothing any more',
  )
    .input(z.object({ id }))
    .output(done),
  addLayout: route('POST', '/display-layouts', 'crew', 'A layout, kept by name')
    .input(z.object(layoutWritten))
    .output(layout),
  updateLayout: route('PATCH', '/display-layouts/{id}', 'crew', 'Changes a layout wherever it is shown')
    .input(
      z.object({
        id,
        name: layoutWritten.name.optional(),
        look: look.optional(),
        logoId: layoutWritten.logoId.optional(),
        backgroundId: layoutWritten.backgroundId.optional(),
      }),
    )
    .output(layout),
  removeLayout: route('DELETE', '/display-layouts/{id}', 'crew', 'Its displays get the plain one')
    .input(z.object({ id }))
    .output(done),
  addImage: route('POST', '/display-images', 'crew', 'A logo or background: PNG, JPEG, WebP or SVG, to 2 MB')
    .input(z.object({ data: z.base64().max(2_800_000, 'An image may have 2 MB') }))
    .output(z.object({ id })),
  reach: route('GET', '/displays/reach', 'crew', 'How other machines get to displays').output(reach),
  setReach: route('PUT', '/displays/reach', 'manager', 'Lets other machines see displays, or no longer')
    .input(z.object({ open: z.boolean() }))
    .output(reach),
  locations: route('GET', '/displays/locations', 'crew', 'Locations of a race day, to choose from')
    .input(z.object({ raceDayId: id }))
    .output(z.object({ locations: z.array(z.object({ name: z.string(), kind: z.string() })) })),
  show: shown('/display', 'What this display is and how it looks')
    .input(which)
    .output(
      z.object({
        id,
        name: z.string(),
        mode: z.enum(DISPLAY_MODES),
        raceDayName: z.string(),
        practice: z.boolean(),
        look,
        logoId: id.nullable(),
        backgroundId: id.nullable(),
      }),
    ),
  image: shown('/display/images/{imageId}', "One of this display's images")
    .input(which.extend({ imageId: id }))
    .output(z.object({ mediaType: z.string(), data: z.string() })),
  feed: shown('/display/feed', 'Who crosses or checks in, as it happens')
    .input(which)
    .output(eventIterator(told)),
  announcer: shown('/display/announcer', 'Who comes next, from where, first to come first')
    .input(which)
    .output(
      z.object({
        people: z.array(crossing),
        total: z.number(),
        /** False: there are more, further back than is looked. */
        whole: z.boolean(),
        from: z.array(z.object({ location: z.string(), people: z.number() })),
      }),
    ),
  counts: shown('/display/counts', 'How many are where')
    .input(which)
    .output(
      z.object({
        registered: z.number(),
        checkedIn: z.number(),
        started: z.number(),
        finished: z.number(),
        stillOut: z.number(),
        locations: z.array(z.object({ location: z.string(), kind: z.string(), people: z.number() })),
      }),
    ),
}
