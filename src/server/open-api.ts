import { OpenAPIGenerator } from '@orpc/openapi'
import { isObject } from '@orpc/shared'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '../api/contract.ts'
import { ERROR_CODES } from '../core/errors.ts'
import { OPAQUE, toSnake } from './snake-case.ts'

const TROUBLE = {
  description: 'Trouble, in words and with a code',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message'],
            properties: {
              code: { type: 'string', enum: [...ERROR_CODES, 'internal'] },
              message: { type: 'string' },
              details: {},
            },
          },
        },
      },
    },
  },
}

/** The contract as HTTP clients meet it. */
export async function openApiDocument(version: string): Promise<unknown> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: {
      title: 'Trackside',
      version,
      description: 'Registrations, reads and results of a race, as the laptop at the site keeps them.',
    },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  })
  return {
    ...document,
    paths: pathsToWire(document.paths ?? {}),
    components: { ...document.components, responses: { Trouble: TROUBLE } },
  }
}

function pathsToWire(paths: object): unknown {
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]: [string, object]) => [
      path.replace(/\{([^}]+)\}/g, (_, name: string) => `{${toSnake(name)}}`),
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [method, operationToWire(operation)]),
      ),
    ]),
  )
}

function operationToWire(operation: unknown): unknown {
  if (!isObject(operation)) return operation
  const { parameters, responses } = operation
  return {
    ...operation,
    ...(Array.isArray(parameters) ? { parameters: parameters.map(parameterToWire) } : {}),
    ...(operation.requestBody === undefined ? {} : { requestBody: schemaToWire(operation.requestBody) }),
    responses: {
      ...(schemaToWire(responses) as object),
      default: { $ref: '#/components/responses/Trouble' },
    },
  }
}

const parameterToWire = (parameter: unknown): unknown =>
  isObject(parameter)
    ? { ...(schemaToWire(parameter) as object), name: toSnake(String(parameter.name)) }
    : parameter

/** Renames what a JSON schema calls properties; everything else of it stays. */
function schemaToWire(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(schemaToWire)
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties' && isObject(value)) return [keyword, propertiesToWire(value)]
      if (keyword === 'required' && Array.isArray(value))
        return [keyword, value.map(name => toSnake(String(name)))]
      if (keyword === 'default' || keyword === 'enum' || keyword === 'const' || keyword === 'examples')
        return [keyword, value]
      return [keyword, schemaToWire(value)]
    }),
  )
}

const propertiesToWire = (properties: Readonly<Record<PropertyKey, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      toSnake(name),
      OPAQUE.has(toSnake(name)) ? schema : schemaToWire(schema),
    ]),
  )
