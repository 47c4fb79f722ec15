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
const NUL = 0
const LF = 10
const CR = 13
const START_SIZE = 4096

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

  const hold = (byte: number): void => {
    if (held === rest.length) {
      const larger = Buffer.alloc(rest.length * 2)
      rest.copy(larger)
      rest = larger
    }
    rest[held] = byte
    held += 1
  }
  const taken = (problem: string | null): Frame => {
    const frame = {
      number,
      text: rest.toString('utf8', 0, problem === null ? held : Math.min(held, TEXT_KEPT)),
      problem,
    }
    held = 0
    if (rest.length > START_SIZE) rest = Buffer.alloc(START_SIZE)
    return frame
  }

  return {
    push(chunk) {
      const frames: Frame[] = []
      for (const byte of chunk) {
        if (byte === END) {
          if (skipping) skipping = false
          else if (held > 0) frames.push(taken(null))
          number += 1
        } else if (!skipping && byte !== NUL && byte !== LF && byte !== CR) {
          hold(byte)
          if (held <= FRAME_LIMIT) continue
          frames.push(taken(`longer than ${FRAME_LIMIT} bytes`))
          skipping = true
        }
      }
      return frames
    },
    end: () => (held > 0 && !skipping ? [taken('the connection ended within this message')] : []),
  }
}
