import { createHash, randomInt } from 'node:crypto'
import type { Display, DisplayLayout } from '../../api/displays.ts'
import { ADDRESS_LETTERS, imageTypeOf } from '../../core/display.ts'
import { AppError } from '../../core/errors.ts'
import { locationNames } from '../../store/crossings.ts'
import {
  addDisplay,
  addLayout,
  allDisplays,
  allLayouts,
  changeDisplay,
  changeLayout,
  displayById,
  imageById,
  keepImage,
  layoutById,
} from '../../store/displays.ts'
import { newId } from '../../store/ids.ts'
import { rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { createWatching, displayViews } from './display-views.ts'

const IMAGE_BYTES = 2 * 1024 * 1024

const newAddress = (): string =>
  Array.from({ length: 8 }, () => ADDRESS_LETTERS[randomInt(ADDRESS_LETTERS.length)]).join('')

/** Leaves out what was not named. */
const named = <T extends object>(changes: T): { [key in keyof T]?: Exclude<T[key], undefined> } =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never

export function displayProcedures(parts: AppParts) {
  const { store } = parts
  const { read } = store
  const watching = createWatching()

  const displayShown = (display: Row<'displays'>): Display => ({
    id: display.id,
    name: display.name,
    raceDayId: display.raceDayId,
    locations: [...display.locations],
    comesFrom: [...display.comesFrom],
    mode: display.mode,
    layoutId: display.layoutId,
    address: display.address,
    raceDayName: rowWhere(read, 'race_days', 'id = ?', display.raceDayId)?.name ?? null,
    watching: watching.count(display.id),
    createdAt: display.createdAt,
  })
  const oneDisplay = (id: string): Display => {
    const display = displayById(read, id)
    if (display === null) throw new AppError('not-found', `There is no display ${id}.`)
    return displayShown(display)
  }
  const layoutShown = ({ id, name, look, logoId, backgroundId }: Row<'display_layouts'>): DisplayLayout => ({
    id,
    name,
    look: { ...look, fields: [...look.fields], messages: [...look.messages] },
    logoId,
    backgroundId,
  })
  const oneLayout = (id: string): DisplayLayout => {
    const layout = layoutById(read, id)
    if (layout === null) throw new AppError('not-found', `There is no layout ${id}.`)
    return layoutShown(layout)
  }
  const mustBeThere = (what: {
    readonly raceDayId?: string | undefined
    readonly layoutId?: string | null | undefined
    readonly images?: readonly (string | null | undefined)[]
  }): void => {
    if (what.raceDayId !== undefined && rowWhere(read, 'race_days', 'id = ?', what.raceDayId) === null)
      throw new AppError('not-found', `There is no race day ${what.raceDayId}.`)
    if (what.layoutId != null) oneLayout(what.layoutId)
    for (const image of what.images ?? []) {
      if (image != null && imageById(read, image) === null)
        throw new AppError('not-found', `There is no image ${image}.`)
    }
  }

  return {
    ...displayViews(parts, watching),
    list: os.displays.list.handler(() => ({
      displays: allDisplays(read).map(displayShown),
      layouts: allLayouts(read).map(layoutShown),
    })),
    add: os.displays.add.handler(({ input, context }) => {
      mustBeThere(input)
      const id = newId()
      store.write(writer => addDisplay(writer, id, { ...input, address: newAddress() }), context.who.name)
      return oneDisplay(id)
    }),
    update: os.displays.update.handler(({ input, context }) => {
      const { id, newAddress: renewed, ...changes } = input
      mustBeThere(changes)
      const address = renewed ? { address: newAddress() } : {}
      store.write(writer => changeDisplay(writer, id, { ...named(changes), ...address }), context.who.name)
      return oneDisplay(id)
    }),
    remove: os.displays.remove.handler(({ input, context }) => {
      store.write(writer => changeDisplay(writer, input.id, { removed: true }), context.who.name)
      return { success: true as const }
    }),
    addLayout: os.displays.addLayout.handler(({ input, context }) => {
      mustBeThere({ images: [input.logoId, input.backgroundId] })
      const id = newId()
      store.write(writer => addLayout(writer, id, input), context.who.name)
      return oneLayout(id)
    }),
    updateLayout: os.displays.updateLayout.handler(({ input, context }) => {
      const { id, ...changes } = input
      mustBeThere({ images: [changes.logoId, changes.backgroundId] })
      store.write(writer => changeLayout(writer, id, named(changes)), context.who.name)
      return oneLayout(id)
    }),
    removeLayout: os.displays.removeLayout.handler(({ input, context }) => {
      store.write(writer => {
        changeLayout(writer, input.id, { removed: true })
        for (const display of allDisplays(writer)) {
          if (display.layoutId === input.id) changeDisplay(writer, display.id, { layoutId: null })
        }
      }, context.who.name)
      return { success: true as const }
    }),
    addImage: os.displays.addImage.handler(({ input, context }) => {
      const bytes = Buffer.from(input.data, 'base64')
      if (bytes.length > IMAGE_BYTES) throw new AppError('input.invalid', 'data: an image may have 2 MB.')
      const mediaType = imageTypeOf(bytes)
      if (mediaType === null)
        throw new AppError('input.invalid', 'data: this is no PNG, JPEG, WebP or SVG image.')
      const digest = createHash('sha256').update(bytes).digest('hex')
      const id = store.write(
        writer => keepImage(writer, digest, mediaType, bytes.toString('base64')),
        context.who.name,
      )
      return { id }
    }),
    reach: os.displays.reach.handler(() => parts.displayReach.state()),
    setReach: os.displays.setReach.handler(async ({ input }) => {
      await parts.displayReach.set(input.open)
      parts.topics.changed('displays')
      return parts.displayReach.state()
    }),
    locations: os.displays.locations.handler(({ input }) => ({
      locations: [...locationNames(read, input.raceDayId)],
    })),
  }
}
