export interface Compared {
  /** Texts that are kept oftener than they were sent, and sent oftener than kept. */
  readonly doubles: number
  readonly lost: number
  /** The first of each, in words. */
  readonly troubles: readonly string[]
}

const SAID = 3

/** What was sent and what is kept, each read as a text. */
export function compare(sent: readonly string[], kept: readonly string[]): Compared {
  const open = new Map<string, number>()
  for (const read of sent) open.set(read, (open.get(read) ?? 0) + 1)
  const doubles: string[] = []
  for (const read of kept) {
    const left = open.get(read) ?? 0
    if (left === 0) doubles.push(read)
    else open.set(read, left - 1)
  }
  const lost = [...open].flatMap(([read, left]) => Array.from({ length: left }, () => read))
  return {
    doubles: doubles.length,
    lost: lost.length,
    troubles: [
      ...doubles.slice(0, SAID).map(read => `kept once too often, or never sent: ${read}`),
      ...lost.slice(0, SAID).map(read => `lost: ${read}`),
    ],
  }
}
