import { isUtf8 } from 'node:buffer'

/** Longest line that is read, in bytes; the longest a box writes has about 80. */
export const LINE_LIMIT = 4096
/** Characters of a refused line that are kept. */
export const TEXT_KEPT = 1000

export type Line =
  | { readonly kind: 'line'; readonly number: number; readonly text: string }
  | { readonly kind: 'refused'; readonly number: number; readonly reason: string; readonly text: string }

export interface LineSplitter {
  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): readonly Line[]
  /** The line that was never ended, if there is one. */
  end(): readonly Line[]
}

const LF = 10
const CR = 13

/**
 * Bytes into lines ended by CR, LF or CRLF, numbered from 1. Holds at most LINE_LIMIT bytes: a longer line is refused
 * at once and skipped to its end; a line that is no UTF-8 is refused. Empty lines are left out unless they are asked for.
 */
export function createLineSplitter({ emptyOnes = false } = {}): LineSplitter {
  const rest = Buffer.alloc(LINE_LIMIT)
  let held = 0
  let heldBits = 0
  let skipping = false
  let afterCr = false
  let number = 1

  const made = (bytes: Buffer, from: number, to: number, bits: number): Line => {
    if (bits < 128) return { kind: 'line', number, text: bytes.toString('latin1', from, to) }
    const text = bytes.toString('utf8', from, to).replace(/^\uFEFF/, '')
    if (isUtf8(bytes.subarray(from, to))) return { kind: 'line', number, text }
    return { kind: 'refused', number, reason: 'not UTF-8 text', text: text.slice(0, TEXT_KEPT) }
  }
  const tooLong = (): Line => ({
    kind: 'refused',
    number,
    reason: `longer than ${LINE_LIMIT} bytes`,
    text: rest.toString('utf8', 0, held).slice(0, TEXT_KEPT),
  })
  /** Puts bytes aside until their line ends; false when they are too many. */
  const hold = (bytes: Buffer, from: number, to: number, bits: number): boolean => {
    const copied = bytes.copy(rest, held, from, Math.min(to, from + LINE_LIMIT - held))
    held += copied
    heldBits |= bits
    return copied === to - from
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      const lines: Line[] = []
      let from = afterCr && bytes[0] === LF ? 1 : 0
      if (bytes.length > 0) afterCr = false
      let bits = 0
      for (let at = from; at < bytes.length; at++) {
        const byte = bytes[at] as number
        if (byte !== LF && byte !== CR) {
          bits |= byte
          continue
        }
        if (skipping) skipping = false
        else if (held > 0) {
          lines.push(hold(bytes, from, at, bits) ? made(rest, 0, held, heldBits) : tooLong())
        } else if (at - from > LINE_LIMIT) {
          hold(bytes, from, at, bits)
          lines.push(tooLong())
        } else if (at > from || emptyOnes) lines.push(made(bytes, from, at, bits))
        held = 0
        heldBits = 0
        bits = 0
        number += 1
        if (byte === CR) {
          if (at + 1 === bytes.length) afterCr = true
          else if (bytes[at + 1] === LF) at += 1
        }
        from = at + 1
      }
      if (!skipping && from < bytes.length && !hold(bytes, from, bytes.length, bits)) {
        lines.push(tooLong())
        held = 0
        heldBits = 0
        skipping = true
      }
      return lines
    },
    end() {
      const last = held > 0 && !skipping ? [made(rest, 0, held, heldBits)] : []
      held = 0
      return last
    },
  }
}
