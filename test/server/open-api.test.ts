import { expect, test } from 'vitest'
import { openDoor } from './open-door.ts'

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly security: unknown
  readonly components: { readonly securitySchemes: unknown }
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Record<string, unknown>
}

test('the document says the API as clients meet it', async () => {
  const { ask } = await openDoor()
  const answer = await ask('/api/openapi.json')
  expect(answer.status).toBe(200)
  const document = (await answer.json()) as Document
  expect(document.openapi).toMatch(/^3\.1/)
  expect(document.security).toEqual([{ bearer: [] }])
  expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } })
  const { paths } = document
  expect(paths['/sync/status/{connection_id}']?.get?.parameters).toMatchObject([
    { name: 'connection_id', in: 'path' },
  ])
  expect(paths['/participants/lookup']?.get?.parameters?.map(({ name }) => name)).toContain('race_day_id')
  expect(JSON.stringify(paths['/sync/manual']?.post)).toMatch(/"required":\["connection_id"\]/)
  expect(JSON.stringify(paths['/stream']?.get)).toMatch('text/event-stream')
  expect(Object.keys(paths['/health']?.get?.responses ?? {})).toEqual(['200', 'default'])
})

test('every path parameter is declared and no name is camelCase', async () => {
  const { ask } = await openDoor()
  const { paths } = (await (await ask('/api/openapi.json')).json()) as Document
  const camel: string[] = []
  const look = (value: unknown, isProperties: boolean): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) {
      if (isProperties && /[A-Z]/.test(key)) camel.push(key)
      look(item, key === 'properties' && !isProperties)
    }
  }
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter(p => p.in === 'path').map(p => p.name)
      expect(declared.sort(), `${method} ${path}`).toEqual(named.sort())
      for (const { name } of operation.parameters ?? []) expect(name).not.toMatch(/[A-Z]/)
    }
  }
  look(paths, false)
  expect(camel).toEqual([])
})
