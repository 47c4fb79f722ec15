import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '../core/errors.ts'

const BODY_LIMIT = 64 * 1024 * 1024

const unpack = promisify(gunzip)

/**
 * An answer's body. One that a cache packed without saying so (Copernico's) is unpacked: no text begins with those bytes.
 * @param onProgress told at each piece that arrives
 * @throws AppError provider.unreadable when it is too long, or packed and damaged
 */
export async function readBody(
  response: Response,
  place: string,
  onProgress: () => void,
): Promise<Buffer<ArrayBuffer>> {
  if (response.body === null) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    onProgress()
    size += chunk.byteLength
    if (size > BODY_LIMIT) throw tooLong(place)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
  return packed ? unpacked(bytes, place) : bytes
}

const tooLong = (place: string): AppError =>
  new AppError('provider.unreadable', `Answered more than 64 MB: ${place}`)

/** A body's text, without the mark of its encoding that may stand before it. */
export const bodyText = (body: Buffer): string => new TextDecoder().decode(body)

/** Gives a body's memory back at once. The heap's collector, to which it is a few bytes, would come to a dozen of them later. */
export function letGo(body: Buffer<ArrayBuffer>): void {
  // A short one lies with others in a block of Node's.
  if (body.byteLength === body.buffer.byteLength) body.buffer.transfer(0)
}

async function unpacked(bytes: Buffer, place: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await unpack(bytes, { maxOutputLength: BODY_LIMIT })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLong(place)
    throw new AppError('provider.unreadable', `Answered packed data that is damaged: ${place}`, {
      retriable: true,
    })
  }
}
