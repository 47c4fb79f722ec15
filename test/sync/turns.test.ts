import { expect, test } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { noteTurn } from '../../src/sync/turns.ts'
import { createTestClock } from '../support/world.ts'
import { memoryStore } from './memory-store.ts'

test('a cancelled turn is over, and neither a success nor a failure', () => {
  const store = memoryStore(createTestClock(50_000))
  const turn = (startedAt: number) => ({ connectionId: 'c', eventId: 'e', startedAt })
  const row = () => rowWhere(store.read, 'event_turns', 'connection_id = ?', 'c')
  store.write(writer => noteTurn(writer, turn(1000), 'cancelled'))
  expect(row()).toMatchObject({ lastTriedAt: 1000, lastSuccessAt: null, failures: 0, code: null })
  const error = new AppError('provider.unavailable', 'Out of order')
  store.write(writer => noteTurn(writer, turn(2000), { error, urgent: false, random: 0.5 }))
  const failed = row()
  expect(failed).toMatchObject({ lastTriedAt: 2000, failures: 1, code: 'provider.unavailable' })
  store.write(writer => noteTurn(writer, turn(3000), 'cancelled'))
  expect(row()).toEqual({ ...failed, lastTriedAt: 3000 })
  store.close()
})
