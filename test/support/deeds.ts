import { AppError } from '../../src/core/errors.ts'
import { bibKey } from '../../src/core/identity.ts'
import { setBibChips } from '../../src/store/bib-chips.ts'
import { swapChips, takeBackSwap } from '../../src/store/chip-swaps.ts'
import { decide, takeBack } from '../../src/store/decisions.ts'
import { setRaceDayEvents } from '../../src/store/events.ts'
import { newId } from '../../src/store/ids.ts'
import { joinWalkUp, splitWalkUp } from '../../src/store/joins.ts'
import { finishKeyed, keyRead, takeBackKeyed } from '../../src/store/keyed-reads.ts'
import { assignChip, assignRead, updateSession } from '../../src/store/links.ts'
import { ensureLocation, setLocationRule, updateLocation } from '../../src/store/locations.ts'
import { putNobodysChips } from '../../src/store/nobodys-chips.ts'
import { setReaderOffset, takeBackOffset } from '../../src/store/offsets.ts'
import { addWalkUp, markGone } from '../../src/store/participants.ts'
import { journal } from '../../src/store/reads.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { changeStart } from '../../src/store/starts.ts'
import type { Store } from '../../src/store/store.ts'
import { takeBackWalkUp } from '../../src/store/walk-ups.ts'
import {
  bringEvent,
  dayOf,
  EVENT,
  eventRow,
  known,
  type Laptop,
  NOON,
  person,
  said,
  sessionOf,
  streamRead,
  sync,
} from './laptop.ts'

/** What may happen on a laptop, by numbers, so that it can be told again from its seed. */
export interface Deed {
  readonly what: number
  readonly who: number
  readonly value: number
}

export const PEOPLE = ['1', '2', '3', '4', '5', '6'] as const
/** The nth of a table's rows, by id, as often around as it takes; null when there is none. */
const nth = <id extends string | number>(store: Store, table: string, n: number): id | null => {
  const rows = store.read.all<{ id: id }>(`SELECT id FROM ${table} ORDER BY id`)
  return rows[n % rows.length]?.id ?? null
}

/** All that may be done, each as it would be done now. */
function deedsOf(laptop: Laptop, deed: Deed, count: number): readonly (() => unknown)[] {
  const { store } = laptop
  const key = PEOPLE[deed.who % PEOPLE.length] ?? '1'
  const id = person(key)
  const bib = String(deed.value % 7)
  const chip = `C${deed.value % 7}`
  const session = sessionOf(laptop)
  const day = dayOf(laptop)
  const actor = `desk ${laptop.name}`
  const isHere = known(laptop, id)
  return [
    () => isHere && store.write(writer => decide(writer, id, 'bib_number', bib, null), actor),
    () =>
      isHere && store.write(writer => decide(writer, id, 'last_name', `N${deed.value}`, 'spelled'), actor),
    () =>
      isHere && store.write(writer => decide(writer, id, 'checked_in_at', NOON + deed.value, null), actor),
    () => isHere && store.write(writer => decide(writer, id, 'chips', [chip], null), actor),
    () => isHere && store.write(writer => takeBack(writer, id, 'bib_number'), actor),
    () => sync(laptop, [said(key, { bib_number: bib }, deed.value % 3 === 0 ? null : deed.value)]),
    () => sync(laptop, [said(key, { bib_number: null, email: `${deed.value}@x.org` }, deed.value)]),
    () =>
      sync(
        laptop,
        [said(key, {}, deed.value, PEOPLE[deed.value % PEOPLE.length] ?? null)].filter(
          one => one.successorId !== key,
        ),
      ),
    () => {
      const event = eventRow(laptop)
      if (event !== null) store.write(writer => markGone(writer, event, deed.value % 4 === 0 ? writer.at : 0))
    },
    () =>
      session &&
      store.write(writer =>
        journal(writer, session, [streamRead(count, chip, NOON + count * 1000, laptop.name)], writer.at),
      ),
    () =>
      session &&
      store.write(writer =>
        journal(writer, session, [streamRead(deed.value % 9, chip, NOON + count * 1000)], writer.at),
      ),
    () =>
      day &&
      isHere &&
      store.write(
        writer => assignChip(writer, { raceDayId: day, chip, participantId: id, fromAt: 0, reason: null }),
        actor,
      ),
    () => {
      const read = store.read.get<{ id: number }>('SELECT MAX(id) AS id FROM timing_reads')?.id
      if (read && isHere)
        store.write(writer => assignRead(writer, read, deed.value % 2 ? id : null, null), actor)
    },
    () =>
      day &&
      store.write(writer => setBibChips(writer, day, [{ chip, bib: bibKey(String(deed.who % 7)) }]), actor),
    () => {
      const walkUp = store.read.get<{ id: string; successorId: string | null }>(
        `SELECT id, successor_id AS successorId FROM normalized_participants WHERE source_provider = 'by-hand'
         AND registration_status <> 'gone' LIMIT 1`,
      )
      const event = eventRow(laptop)
      if (event === null) return
      store.write(writer => {
        if (walkUp === undefined || deed.value % 3 === 0) {
          const made = newId()
          addWalkUp(writer, event, made, { ...said(made, { bib_number: bib }), sourceParticipantId: made })
        } else if (walkUp.successorId !== null) splitWalkUp(writer, walkUp.id)
        else if (isHere && rowWhere(writer, 'normalized_participants', 'id = ?', id)?.successorId === null)
          joinWalkUp(writer, walkUp.id, id)
      }, actor)
    },
    () => changeStartOf(store, deed),
    () =>
      session &&
      store.write(
        writer =>
          setReaderOffset(writer, { sessionId: session, device: 'box', offsetMs: deed.value, reason: null }),
        actor,
      ),
    () =>
      store.write(writer =>
        putNobodysChips(writer, deed.value % 3 ? [{ chip, kind: 'test', note: null }] : [], true),
      ),
    () => {
      const place = session && nth<string>(store, 'timing_locations', deed.who)
      if (place)
        store.write(writer =>
          updateLocation(writer, {
            ...{ id: place, duplicateWindowMs: deed.value * 300 },
            counts: deed.value % 2 ? 'first' : 'last',
          }),
        )
    },
    () =>
      session &&
      store.write(writer =>
        updateSession(writer, {
          ...{ id: session, timezone: deed.value % 2 ? 'UTC' : 'America/New_York' },
          raceDayId: deed.value % 3 ? nth<string>(store, 'race_days', deed.who) : null,
        }),
      ),
    () => eventRow(laptop) && bringEvent(laptop, `2026-05-${deed.value % 2 ? '09' : '10'}`),
    () => {
      const offset = nth<string>(store, 'reader_offsets', deed.who)
      if (offset !== null) store.write(writer => takeBackOffset(writer, offset, null), actor)
    },
    () =>
      day &&
      store.write(writer => {
        const participantId = [id, null, undefined][deed.value % 3]
        const fromAt = deed.value % 2 ? 0 : NOON + deed.value * 5000
        if (isHere) assignChip(writer, { raceDayId: day, chip, participantId, fromAt, reason: null })
      }, actor),
    () => {
      const read = nth<number>(store, 'timing_reads', deed.value)
      if (read !== null)
        store.write(
          writer => assignRead(writer, read, [null, undefined, isHere ? id : null][deed.who % 3], null),
          actor,
        )
    },
    () => {
      if (!session) return
      const press = {
        sessionId: session,
        pressId: `${laptop.name}${count}`,
        location: 'finish',
        at: NOON + count * 1000,
      }
      store.write(writer => keyRead(writer, { ...press, bib: deed.value % 3 ? bib : '' }), actor)
    },
    () => {
      const read = nth<number>(store, "timing_reads WHERE kind = 'manual'", deed.value)
      if (read === null) return
      store.write(
        writer => (deed.who % 2 ? takeBackKeyed(writer, read) : finishKeyed(writer, read, bib)),
        actor,
      )
    },
    () => {
      const held = nth<string>(store, 'race_days', deed.who)
      if (held !== null && eventRow(laptop) !== null)
        store.write(writer => setRaceDayEvents(writer, held, deed.value % 2 ? [EVENT] : []), actor)
    },
    () =>
      session &&
      store.write(writer => {
        const rule = nth<string>(store, 'location_rules', deed.who)
        setLocationRule(writer, {
          ...(rule === null || deed.value % 2 ? {} : { id: rule }),
          ...{ sessionId: session, device: deed.value % 3 ? 'box' : laptop.name, toAt: null },
          ...{ fromAt: NOON + deed.value * 5000, removed: deed.value % 5 === 0 },
          locationId: ensureLocation(writer, session, ['finish', 'start', 'half'][deed.who % 3] ?? 'start'),
        })
      }, actor),
    () => {
      const other = person(PEOPLE[deed.value % PEOPLE.length] ?? '1')
      if (isHere && known(laptop, other))
        store.write(
          writer => (deed.value % 2 ? swapChips(writer, id, other, null) : takeBackSwap(writer, id, other)),
          actor,
        )
    },
    () => {
      const walkUp = nth<string>(store, "normalized_participants WHERE source_provider = 'by-hand'", deed.who)
      if (walkUp !== null) store.write(writer => takeBackWalkUp(writer, walkUp), actor)
    },
  ]
}

export const DEED_KINDS = 30
/** The kind that brings a read. */
export const A_READ = 9

/** Does one thing at a laptop; what does not fit there is refused or left. Numbers of reads go on by `count`. */
export function act(laptop: Laptop, deed: Deed, count: number): string {
  const deeds = deedsOf(laptop, deed, count)
  if (deeds.length !== DEED_KINDS) throw new Error(`there are ${deeds.length} kinds of deeds`)
  const kind = deed.what % DEED_KINDS
  try {
    deeds[kind]?.()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
  return `${laptop.name}:${kind}`
}

function changeStartOf(store: Store, deed: Deed): void {
  store.write(
    writer => changeStart(writer, { eventId: EVENT, wave: '', correctedAt: NOON + deed.value }),
    'desk',
  )
}
