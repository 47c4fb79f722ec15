import { TEXT_KEPT } from './lines.ts'

/** Longest frame that is read, in bytes: a message of many records, and no endless one. */
export const FRAME_LIMIT = 1 << 20

export interface Frame {
  readonly number: number
  readonly text: string
  /** Why it is not read at all; null if it is. */
  readonly problem: string | null
}

export interface FrameSplitter {
  /** The frames that end in this chunk, without empty ones. */
  push(chunk: Uint8Array): readonly Frame[]
  /** What was never ended, if there is anything. */
  end(): readonly Frame[]
}

const END = 0x24
const LEFT_OUT = [0x00, 0x0a, 0x0d] as const
const START_SIZE = 4096

const cleaned = (chunk: Uint8Array): Buffer => {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (!LEFT_OUT.some(byte => bytes.includes(byte))) return bytes
  return Buffer.from(bytes.filter(byte => byte !== 0x00 && byte !== 0x0a && byte !== 0x0d))
}

/**
 * Bytes into frames ended by `$`, numbered from 1, without the 00, 0A and 0D bytes that some versions put between them.
 * Holds at most FRAME_LIMIT bytes. Bytes that are no UTF-8 are U+FFFD in the text: one bad name must not cost the
 * other records of its message.
 */
export function createFrameSplitter(): FrameSplitter {
  let rest = Buffer.alloc(START_SIZE)
  let held = 0
  let skipping = false
  let number = 1

  /** Puts bytes aside until their frame ends; false when they are too many. */
  const hold = (bytes: Buffer): boolean => {
    if (held + bytes.length > FRAME_LIMIT) return false
    if (held + bytes.length > rest.length) {
      const larger = Buffer.alloc(Math.max(rest.length * 2, held + bytes.length))
      rest.copy(larger, 0, 0, held)
      rest = larger
    }
    bytes.copy(rest, held)
    held += bytes.length
    return true
  }
  const taken = (bytes: Buffer, problem: string | null): Frame => {
    const text = bytes.toString(
      'utf8',
      0,
      problem === null ? bytes.length : Math.min(bytes.length, TEXT_KEPT),
    )
    held = 0
    if (rest.length > START_SIZE) rest = Buffer.alloc(START_SIZE)
    return { number, text, problem }
  }
  const tooLong = (bytes: Buffer): Frame =>
    taken(held > 0 ? rest.subarray(0, held) : bytes, `longer than ${FRAME_LIMIT} bytes`)

  return {
    push(chunk) {
      const bytes = cleaned(chunk)
      const frames: Frame[] = []
      let from = 0
      for (let at = bytes.indexOf(END); at >= 0; at = bytes.indexOf(END, from)) {
        const piece = bytes.subarray(from, at)
        if (skipping) skipping = false
        else if (held === 0 && piece.length > 0 && piece.length <= FRAME_LIMIT)
          frames.push(taken(piece, null))
        else if (!hold(piece)) frames.push(tooLong(piece))
        else if (held > 0) frames.push(taken(rest.subarray(0, held), null))
        number += 1
        from = at + 1
      }
      const piece = bytes.subarray(from)
      if (!skipping && !hold(piece)) {
        frames.push(tooLong(piece))
        skipping = true
      }
      return frames
    },
    end: () =>
      held > 0 && !skipping
        ? [taken(rest.subarray(0, held), 'the connection ended within this message')]
        : [],
  }
}
