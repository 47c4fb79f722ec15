import type { ChipFileResult } from '../../api/desk.ts'
import { AppError } from '../../core/errors.ts'
import { type BibChipsPlan, planBibChips, setBibChips, wornBibs } from '../../store/bib-chips.ts'
import { swapChips, takeBackSwap } from '../../store/chip-swaps.ts'
import { joinWalkUp, splitWalkUp } from '../../store/joins.ts'
import { rowWhere } from '../../store/rows.ts'
import { takeBackWalkUp } from '../../store/walk-ups.ts'
import type { Writer } from '../../store/writer.ts'
import { type ChipColumns, chipsOfTable, guessColumns, type RefusedRow, readChipTable } from '../chip-file.ts'
import { os } from '../door.ts'
import { doubleBibs } from '../double-bibs.ts'
import type { AppParts } from '../parts.ts'
import { matchOf } from './people.ts'

const SAMPLE = 6
const NAMED = 100

interface ChipFile {
  readonly id: string
  readonly file?: File | undefined
  readonly text?: string | undefined
  readonly header?: boolean | undefined
  readonly chipColumns?: readonly number[] | undefined
  readonly bibColumn?: number | undefined
  readonly replace: boolean
}

const changesOf = (plan: BibChipsPlan, refused: readonly RefusedRow[]): ChipFileResult['changes'] => ({
  kept: plan.kept,
  added: plan.added.length,
  moved: plan.moved.length,
  removed: plan.removed.length,
  movedChips: plan.moved.slice(0, NAMED),
  removedChips: plan.removed.slice(0, NAMED),
  doubled: plan.doubled.length,
  doubledChips: plan.doubled.slice(0, NAMED).map(({ chip, bibs }) => ({ chip, bibs: [...bibs] })),
  unworn: plan.unworn.length,
  unwornBibs: plan.unworn.slice(0, NAMED),
  bare: plan.bare.length,
  bareBibs: plan.bare.slice(0, NAMED),
  refused: refused.length,
  refusedRows: refused.slice(0, NAMED),
})

export function deskProcedures(parts: AppParts) {
  const { store, linker } = parts
  const { read } = store
  const dayMustExist = (id: string): void => {
    if (rowWhere(read, 'race_days', 'id = ?', id) === null)
      throw new AppError('not-found', `There is no race day ${id}.`)
  }

  /** One path for the preview and the run: `put` plans, or does what was planned. */
  async function chipFile(input: ChipFile, put: typeof planBibChips | null, actor: string) {
    dayMustExist(input.id)
    const content = input.file === undefined ? input.text : new Uint8Array(await input.file.arrayBuffer())
    if (content === undefined) throw new AppError('input.invalid', 'text or file is needed.')
    const table = readChipTable(content)
    const guessed = guessColumns(table, wornBibs(read, input.id))
    const bib = input.bibColumn ?? guessed.bib
    const chips = (input.chipColumns ?? guessed.chips).filter(column => column !== bib)
    const columns: ChipColumns = { header: input.header ?? guessed.header, chips, bib }
    const known = bib !== null && chips.length > 0
    const { list, refused } = chipsOfTable(table, columns)
    const options = { replace: input.replace }
    let plan: BibChipsPlan | null = null
    if (known && put !== null) plan = put(read, input.id, list, options)
    else if (known) {
      if (list.length === 0) throw new AppError('input.invalid', 'No row of the file has a chip and a bib.')
      plan = await store.writeForced((writer: Writer) => setBibChips(writer, input.id, list, options), actor)
    } else if (put === null)
      throw new AppError('input.invalid', 'Say which column is the chip and which the bib.')
    return {
      encoding: table.encoding,
      delimiter: table.delimiter,
      header: columns.header,
      chipColumns: [...chips],
      bibColumn: bib,
      sample: table.rows.slice(0, SAMPLE).map(row => [...row.cells]),
      rows: table.rows.length - (columns.header ? 1 : 0),
      changes: plan === null ? null : changesOf(plan, refused),
    }
  }

  return {
    previewChipFile: os.desk.previewChipFile.handler(({ input, context }) =>
      chipFile(input, planBibChips, context.who.name),
    ),
    importChipFile: os.desk.importChipFile.handler(({ input, context }) =>
      chipFile(input, null, context.who.name),
    ),
    doubleBibs: os.desk.doubleBibs.handler(async ({ input }) => {
      dayMustExist(input.id)
      const { doubledBibs } = await parts.entered.ofDay(input.id)
      return { bibs: doubleBibs(read, input.id, doubledBibs) }
    }),
    joinWalkUp: os.desk.joinWalkUp.handler(async ({ input, context }) => {
      await store.writeForced(writer => joinWalkUp(writer, input.id, input.withId), context.who.name)
      linker.linkNow()
      return matchOf(read, input.withId, parts.raceFacts)
    }),
    splitWalkUp: os.desk.splitWalkUp.handler(async ({ input, context }) => {
      await store.writeForced(writer => splitWalkUp(writer, input.id), context.who.name)
      linker.linkNow()
      return matchOf(read, input.id, parts.raceFacts)
    }),
    takeBackWalkUp: os.desk.takeBackWalkUp.handler(async ({ input, context }) => {
      await store.writeForced(writer => takeBackWalkUp(writer, input.id), context.who.name)
      return { success: true as const }
    }),
    swapChips: os.desk.swapChips.handler(async ({ input, context }) => {
      await store.writeForced(
        writer => swapChips(writer, input.id, input.withId, input.reason ?? null),
        context.who.name,
      )
      linker.linkNow()
      return matchOf(read, input.id, parts.raceFacts)
    }),
    takeBackSwap: os.desk.takeBackSwap.handler(async ({ input, context }) => {
      await store.writeForced(writer => takeBackSwap(writer, input.id, input.withId), context.who.name)
      linker.linkNow()
      return matchOf(read, input.id, parts.raceFacts)
    }),
  }
}
