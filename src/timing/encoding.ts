import { isUtf8 } from 'node:buffer'

export interface Encoded {
  /** As TextDecoder names it. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  /** The file without a mark of UTF-8: some programs put one before anything. */
  readonly body: Uint8Array
}

/**
 * How a file from somebody else's program is written: by its byte order mark, as UTF-16 where every other byte is
 * empty, as UTF-8 if it is, else as Windows-1252, in which every byte is a letter (Excel saves so).
 */
export function encodingOf(bytes: Uint8Array): Encoded {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', body: bytes }
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', body: bytes }
  const marked = first === 0xef && second === 0xbb && third === 0xbf
  const body = marked ? bytes.subarray(3) : bytes
  const start = body.subarray(0, 1000)
  const zeros = (odd: number): number => start.filter((byte, at) => byte === 0 && at % 2 === odd).length
  if (zeros(1) > start.length / 4) return { encoding: 'utf-16le', body }
  if (zeros(0) > start.length / 4) return { encoding: 'utf-16be', body }
  return { encoding: isUtf8(body) ? 'utf-8' : 'windows-1252', body }
}

/** The file without its mark, in UTF-8. */
export function asUtf8(bytes: Uint8Array): Uint8Array {
  const { encoding, body } = encodingOf(bytes)
  return encoding === 'utf-8' ? body : new TextEncoder().encode(new TextDecoder(encoding).decode(body))
}
