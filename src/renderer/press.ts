/** A key pressed at a moment that counts: sent late, or again, it is still of that moment. */
export interface Press {
  readonly pressId: string
  /** Of the window's steady clock, ms. */
  readonly pressedAt: number
}

/** A UUIDv4; `crypto.randomUUID` is not there for a browser on the LAN. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return value.toString(16).padStart(2, '0')
  })
  return [
    [0, 4],
    [4, 6],
    [6, 8],
    [8, 10],
    [10, 16],
  ]
    .map(([from, to]) => hex.slice(from, to).join(''))
    .join('-')
}

export const pressNow = (): Press => ({ pressId: uuid(), pressedAt: performance.now() })

/** Ms since then. */
export const agoOf = (press: Press): number => Math.max(0, performance.now() - press.pressedAt)
