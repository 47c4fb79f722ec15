const NOTICE = 'A'.charCodeAt(0)
/** What it is, and how long. */
const HEAD = 5
const LATE_MS = 60

/** PostgreSQL's stream, message by message; each word of NOTIFY comes again later, when it is no news any more. */
export function noticesTwice(pass: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return piece => {
    rest = Buffer.concat([rest, piece])
    while (rest.length >= HEAD) {
      const end = 1 + rest.readInt32BE(1)
      if (rest.length < end) return
      const message = rest.subarray(0, end)
      rest = rest.subarray(end)
      pass(message)
      if (message[0] === NOTICE) setTimeout(() => pass(message), LATE_MS)
    }
  }
}
