/** The pieces of DER that a certificate is written in (ITU-T X.690): tag, length, content. */
export function piece(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body])
  const size = body.length.toString(16)
  const length = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => piece(0x30, ...items)
export const set = (...items: readonly Uint8Array[]): Buffer => piece(0x31, ...items)
export const octets = (content: Uint8Array): Buffer => piece(0x04, content)
export const text = (value: string): Buffer => piece(0x0c, Buffer.from(value, 'utf8'))
export const yes = Buffer.of(0x01, 0x01, 0xff)

/** @param unused bits at the end that do not count */
export const bits = (content: Uint8Array, unused = 0): Buffer => piece(0x03, Buffer.of(unused), content)

/** Of bytes that say a number above zero, most significant first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0)
  const digits = bytes.subarray(first)
  // The top bit would say a number below zero.
  return piece(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits)
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const sevens = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) sevens.unshift((left & 0x7f) | 0x80)
    return sevens
  })
  return piece(0x06, Buffer.from(bytes))
}

/** A moment to the second: two digits for the year until 2049, four from then on (RFC 5280, 4.1.2.5). */
export function moment(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '')
  return Number(digits.slice(0, 4)) < 2050
    ? piece(0x17, Buffer.from(digits.slice(2)))
    : piece(0x18, Buffer.from(digits))
}
