import { AppError } from '../core/errors.ts'
import { idOf } from './ids.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

type Changes<name extends 'displays' | 'display_layouts'> = Partial<
  Omit<Row<name>, 'id' | 'timingPartnerId' | 'clock' | 'createdAt' | 'updatedAt'>
>

/** A display that was not taken back. */
export const displayById = (reader: Reader, id: string): Row<'displays'> | null =>
  rowWhere(reader, 'displays', 'id = ? AND removed = 0', id)

export const displayByAddress = (reader: Reader, address: string): Row<'displays'> | null =>
  rowWhere(reader, 'displays', 'address = ? AND removed = 0', address)

export const layoutById = (reader: Reader, id: string): Row<'display_layouts'> | null =>
  rowWhere(reader, 'display_layouts', 'id = ? AND removed = 0', id)

export const allDisplays = (reader: Reader): Row<'displays'>[] =>
  rowsWhere(reader, 'displays', 'removed = 0 ORDER BY name, id')

export const allLayouts = (reader: Reader): Row<'display_layouts'>[] =>
  rowsWhere(reader, 'display_layouts', 'removed = 0 ORDER BY name, id')

const fresh = (writer: Writer, id: string) => ({
  id,
  timingPartnerId: writer.partnerId,
  removed: false,
  createdAt: writer.at,
})

/** Adds a display. The id is the caller's: a row born here. */
export function addDisplay(
  writer: Writer,
  id: string,
  display: Required<Omit<Changes<'displays'>, 'removed'>>,
): void {
  const row = { ...fresh(writer, id), ...display, clock: writer.clock, updatedAt: writer.at }
  writer.put('displays', row)
  writer.audit({
    action: 'added',
    table: 'displays',
    rowId: id,
    before: null,
    after: auditable({ ...row, address: undefined }),
  })
}

/** @throws AppError not-found */
export function changeDisplay(writer: Writer, id: string, changes: Changes<'displays'>): void {
  const before = displayById(writer, id)
  if (before === null) throw new AppError('not-found', `There is no display ${id}.`)
  const row = { ...before, ...changes, clock: writer.clock, updatedAt: writer.at }
  writer.put('displays', row)
  writer.audit({
    action: changes.removed ? 'removed' : changes.address === undefined ? 'changed' : 'given a new address',
    table: 'displays',
    rowId: id,
    before: auditable({ ...before, address: undefined }),
    after: auditable({ ...row, address: undefined }),
  })
}

export function addLayout(
  writer: Writer,
  id: string,
  layout: Required<Omit<Changes<'display_layouts'>, 'removed'>>,
): void {
  const row = { ...fresh(writer, id), ...layout, clock: writer.clock, updatedAt: writer.at }
  writer.put('display_layouts', row)
  writer.audit({ action: 'added', table: 'display_layouts', rowId: id, before: null, after: auditable(row) })
}

/** @throws AppError not-found */
export function changeLayout(writer: Writer, id: string, changes: Changes<'display_layouts'>): void {
  const before = layoutById(writer, id)
  if (before === null) throw new AppError('not-found', `There is no layout ${id}.`)
  const row = { ...before, ...changes, clock: writer.clock, updatedAt: writer.at }
  writer.put('display_layouts', row)
  writer.audit({
    action: changes.removed ? 'removed' : 'changed',
    table: 'display_layouts',
    rowId: id,
    before: auditable(before),
    after: auditable(row),
  })
}

/** Keeps an image once, however often it is sent. @param digest of its bytes. @returns its id */
export function keepImage(writer: Writer, digest: string, mediaType: string, data: string): string {
  const id = idOf('display_images', digest)
  if (writer.get('SELECT 1 FROM display_images WHERE id = ?', id) !== undefined) return id
  writer.put('display_images', {
    id,
    timingPartnerId: writer.partnerId,
    mediaType,
    data,
    clock: writer.clock,
    createdAt: writer.at,
    updatedAt: writer.at,
  })
  return id
}

export const imageById = (reader: Reader, id: string): Row<'display_images'> | null =>
  rowWhere(reader, 'display_images', 'id = ?', id)
