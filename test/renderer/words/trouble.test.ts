import { ORPCError } from '@orpc/client'
import { expect, test } from 'vitest'
import { todoFor, troubleOf } from '../../../src/renderer/words/trouble.ts'

test('an error of the engine keeps its own code, message and what to do', () => {
  const error = new ORPCError('UNAUTHORIZED', {
    message: 'Key refused',
    data: { code: 'provider.keys-refused' },
  })
  expect(troubleOf(error)).toEqual({
    code: 'provider.keys-refused',
    message: 'Key refused',
    todo: 'Enter the keys again and test them.',
  })
})

test('no answer at all is said of the engine, not of the network', () => {
  expect(troubleOf(new TypeError('Failed to fetch')).code).toBe('engine.silent')
})

test('what a message says to do is not said twice', () => {
  expect(todoFor('input.invalid', 'Copy the whole code and try again.')).toBeNull()
  expect(todoFor('input.invalid', 'That is no address.')).toBe('Correct what it names and try again.')
})
