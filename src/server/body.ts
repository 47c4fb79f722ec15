import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../core/errors.ts'

/** Controller files of a big race are some megabytes; chip files less. */
export const BODY_LIMIT = 64 * 1024 * 1024

/** @throws AppError input.invalid when it is not what its content type says */
export async function parseBody(bytes: Buffer, contentType: string): Promise<unknown> {
  if (bytes.length === 0) return undefined
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === '' || type === 'application/json' || type.endsWith('+json')) {
    try {
      return JSON.parse(bytes.toString('utf8')) as unknown
    } catch (error) {
      throw new AppError('input.invalid', `The body is not valid JSON: ${said(error)}`)
    }
  }
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(bytes.toString('utf8'))
  if (type === 'multipart/form-data') {
    try {
      return await new Response(new Uint8Array(bytes), {
        headers: { 'content-type': contentType },
      }).formData()
    } catch (error) {
      throw new AppError('input.invalid', `The multipart body cannot be read: ${said(error)}`)
    }
  }
  throw new AppError('input.invalid', `A body of type ${type} is not taken: send JSON, a form or multipart.`)
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Every body is read whole and within the limit before anything looks at it. */
export function takeBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request: FastifyRequest, bytes: Buffer) =>
    parseBody(bytes, request.headers['content-type'] ?? ''),
  )
}
