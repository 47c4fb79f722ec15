/** What Windows-1252 has at 0x80 to 0x9f. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** What every such text has, and hardly any other: a byte that begins a letter, and one that goes on with it. */
const SUSPECT = new RegExp(`[\u00c2-\u00f4][\u0080-\u00bf${WINDOWS}]`)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A text that was written as UTF-8 twice, as it was meant: `JosÃ©` is `José`. Any other stays as it is: the bytes of a text
 * that was written once are no UTF-8 again.
 */
export function undoubled(text: string): string {
  if (!SUSPECT.test(text)) return text
  const bytes: number[] = []
  for (const letter of text) {
    const byte = byteOf(letter)
    if (byte === null) return text
    bytes.push(byte)
  }
  try {
    return utf8.decode(Uint8Array.from(bytes))
  } catch {
    return text
  }
}

function byteOf(letter: string): number | null {
  const code = letter.codePointAt(0) ?? 0
  if (code <= 0xff) return code
  const place = WINDOWS.indexOf(letter)
  return place === -1 ? null : 0x80 + place
}
