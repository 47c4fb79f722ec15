import type { Told } from '../../api/displays.ts'
import { AppError } from '../../core/errors.ts'
import { onTheWay } from '../../core/on-the-way.ts'
import { lastReadsAt } from '../../store/crossings.ts'
import { displayById, imageById, layoutById } from '../../store/displays.ts'
import { rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import type { Who } from '../context.ts'
import type { RaceDayCounts } from '../counting/race-day-counts.ts'
import { comesFromOf, crossingShown, locationsOf, lookOf } from '../displays/display-crossings.ts'
import { lookoutOf, told } from '../displays/display-feed.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

/** A display that hears nothing for longer than this and a little has lost its connection. */
const BEAT_MS = 10_000
/** Counts of 60,000 people are not added up anew for each screen. */
const COUNTS_KEPT_MS = 2000
const ANNOUNCED = 40

/** How many screens show a display. */
export function createWatching() {
  const screens = new Map<string, number>()
  const add = (id: string, by: number): void => {
    screens.set(id, (screens.get(id) ?? 0) + by)
  }
  return {
    count: (id: string): number => screens.get(id) ?? 0,
    came: (id: string) => add(id, 1),
    went: (id: string) => add(id, -1),
  }
}

/** What displays themselves call: each its own, whoever else may look says which. */
export function displayViews(parts: AppParts, watching: ReturnType<typeof createWatching>) {
  const { store, topics, config } = parts
  const { read } = store

  /** @throws AppError auth.forbidden, input.invalid, not-found */
  const displayOf = (who: Who, id: string | undefined): Row<'displays'> => {
    if (who.displayId !== undefined && id !== undefined && id !== who.displayId)
      throw new AppError('auth.forbidden', "A display's address opens that display and nothing else.")
    const wanted = who.displayId ?? id
    if (wanted === undefined) throw new AppError('input.invalid', 'id: which display?')
    const display = displayById(read, wanted)
    if (display === null) throw new AppError('not-found', `There is no display ${wanted}.`)
    return display
  }

  const counts = new Map<string, { readonly at: number; readonly found: RaceDayCounts }>()
  const countsOf = async (raceDayId: string): Promise<RaceDayCounts> => {
    const known = counts.get(raceDayId)
    const now = config.clock()
    if (known !== undefined && Math.abs(now - known.at) < COUNTS_KEPT_MS) return known.found
    const found = await parts.counts(raceDayId)
    counts.set(raceDayId, { at: now, found })
    return found
  }

  async function* feed(first: Row<'displays'>, signal: AbortSignal | undefined): AsyncGenerator<Told, void> {
    const over = new AbortController()
    const end = (): void => over.abort()
    signal?.addEventListener('abort', end)
    const changes = topics.watch(['reads', 'participants', 'displays', 'timing'], over.signal)
    watching.came(first.id)
    try {
      let display = first
      const current = (): Row<'displays'> => display
      let lookout = lookoutOf(read, config.clock, current)
      if (lookout !== null) yield told.crossings(lookout.before(), false)
      let next = changes.next()
      while (true) {
        const change = await orBeat(next)
        if (change === 'beat') {
          yield told.beat(config.clock())
          continue
        }
        if (change.done) return
        next = changes.next()
        const { topics: changed } = change.value
        if (changed.includes('displays')) {
          const now = displayById(read, display.id)
          // Taken back, or at another address now: whoever came by the old one is shown out.
          if (now === null || now.address !== display.address) return
          const otherwise =
            now.mode !== display.mode ||
            now.raceDayId !== display.raceDayId ||
            `${now.locations}` !== `${display.locations}`
          display = now
          if (otherwise) lookout = lookoutOf(read, config.clock, current)
          yield told.display(config.clock())
        }
        const crossings = lookout?.look() ?? []
        if (crossings.length > 0) yield told.crossings(crossings, true)
        if (lookout === null) yield told.counts(config.clock())
      }
    } finally {
      signal?.removeEventListener('abort', end)
      over.abort()
      watching.went(first.id)
    }
  }

  return {
    show: os.displays.show.handler(({ input, context }) => {
      const display = displayOf(context.who, input.id)
      const layout = display.layoutId === null ? null : layoutById(read, display.layoutId)
      const look = lookOf(read, display)
      return {
        id: display.id,
        name: display.name,
        mode: display.mode,
        raceDayName: rowWhere(read, 'race_days', 'id = ?', display.raceDayId)?.name ?? '',
        practice: config.practice ?? false,
        look: { ...look, fields: [...look.fields], messages: [...look.messages] },
        logoId: layout?.logoId ?? null,
        backgroundId: layout?.backgroundId ?? null,
      }
    }),
    image: os.displays.image.handler(({ input, context }) => {
      // The crew looks at images before any display shows them.
      const free = context.who.displayId === undefined && context.who.role !== 'display'
      const layoutId = free ? null : displayOf(context.who, input.id).layoutId
      const layout = layoutId === null ? null : layoutById(read, layoutId)
      const own = free || layout?.logoId === input.imageId || layout?.backgroundId === input.imageId
      const image = own ? imageById(read, input.imageId) : null
      if (image === null) throw new AppError('not-found', `There is no image ${input.imageId}.`)
      return { mediaType: image.mediaType, data: image.data }
    }),
    feed: os.displays.feed.handler(async function* ({ input, context, signal }) {
      yield* feed(displayOf(context.who, input.id), signal)
    }),
    announcer: os.displays.announcer.handler(({ input, context }) => {
      const display = displayOf(context.who, input.id)
      const look = lookOf(read, display)
      const [before, here] = [comesFromOf(read, display), locationsOf(read, display)]
      const { rows, whole } = lastReadsAt(read, display.raceDayId, [...before, ...here])
      const coming = onTheWay(rows, before, here, config.clock())
      const from = new Map<string, number>()
      for (const { location } of coming) from.set(location ?? '', (from.get(location ?? '') ?? 0) + 1)
      // From where somebody comes is what the announcer's list is for, whatever the layout says.
      const fields = [...new Set([...look.fields, 'location' as const])]
      return {
        people: coming
          .slice(0, ANNOUNCED)
          .flatMap(row => crossingShown(read, row, { ...look, fields }, `read ${row.readId}`) ?? []),
        total: coming.length,
        whole,
        from: [...from].map(([location, people]) => ({ location, people })),
      }
    }),
    counts: os.displays.counts.handler(async ({ input, context }) => {
      const { registered, checkedIn, started, finished, stillOut, locations } = await countsOf(
        displayOf(context.who, input.id).raceDayId,
      )
      return { registered, checkedIn, started, finished, stillOut, locations }
    }),
  }
}

async function orBeat<T>(next: Promise<T>): Promise<T | 'beat'> {
  let timer: NodeJS.Timeout | undefined
  const beat = new Promise<'beat'>(resolve => {
    timer = setTimeout(() => resolve('beat'), BEAT_MS)
  })
  try {
    return await Promise.race([next, beat])
  } finally {
    clearTimeout(timer)
  }
}
