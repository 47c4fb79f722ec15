import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { expect, test } from 'vitest'
import type { Contract } from '../../src/api/contract.ts'
import { openDoor } from './open-door.ts'

const clientOf = (url: string, token: string): ContractRouterClient<Contract> =>
  createORPCClient(new RPCLink({ url: `${url}/rpc`, headers: { authorization: `Bearer ${token}` } }))

const refusal = (call: Promise<unknown>): Promise<ORPCError<string, unknown>> =>
  call.then(
    () => expect.unreachable(),
    error => {
      expect(error).toBeInstanceOf(ORPCError)
      return error as ORPCError<string, unknown>
    },
  )

test('our own pages call in camelCase and learn our codes', async () => {
  const { url } = await openDoor()
  const crew = clientOf(url, 'crew-token')
  expect(await crew.system.health()).toMatchObject({ uptimeS: 12, you: { name: 'Ana', role: 'crew' } })
  expect(await refusal(crew.system.startPractice())).toMatchObject({
    code: 'conflict',
    data: { code: 'conflict' },
  })
  const invalid = await refusal(crew.raceDay.addRaceDay({ name: 'A', date: '2026-05-08', eventIds: ['x'] }))
  expect(invalid).toMatchObject({ code: 'input.invalid', message: expect.stringMatching(/^eventIds\.0: /) })
})

test('nobody in, nobody served; a display may not write', async () => {
  const { url } = await openDoor()
  expect(await refusal(clientOf(url, 'wrong').system.health())).toMatchObject({
    status: 401,
    code: 'auth.required',
  })
  const wall = clientOf(url, 'display-token')
  expect(await wall.system.health()).toMatchObject({ you: { role: 'display' } })
  expect(
    await refusal(wall.raceDay.addRaceDay({ name: 'A', date: '2026-05-08', eventIds: [] })),
  ).toMatchObject({
    status: 403,
    code: 'auth.forbidden',
  })
})

test('a GET of another page changes nothing', async () => {
  const { ask } = await openDoor()
  const answer = await ask('/rpc/system/startPractice')
  expect(answer.status).toBe(405)
})
