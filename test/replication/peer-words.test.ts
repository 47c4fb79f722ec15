import { expect, test } from 'vitest'
import { connectionTrouble } from '../../src/replication/central/connection-trouble.ts'

const failed = (code: string): Error => Object.assign(new Error('said there'), { code })

test.each([
  ['ECONNREFUSED', 'The hub at 192.168.1.20 does not answer.'],
  ['28P01', 'The hub refuses this login: said there.'],
  ['53100', 'The disk of the hub is full. Everything stays here and waits.'],
  ['53300', 'The hub takes nobody right now: said there.'],
])('%s of a hub is said of the hub, and of a central database of that', (code, words) => {
  expect(connectionTrouble(failed(code), '192.168.1.20', 'hub')).toMatchObject({ message: words })
  expect(connectionTrouble(failed(code), '192.168.1.20')).toMatchObject({
    message: words.replace(/the hub/i, found =>
      found === 'The hub' ? 'The central database' : 'the central database',
    ),
  })
})
