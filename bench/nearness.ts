/**
 * Fewest edits that make some part of a name out of what was typed: a letter more, less, another, or two neighbours
 * swapped. By the textbook's table, so that it shares nothing with what it judges.
 */
export function editsToPart(typed: string, name: string): number {
  const width = name.length + 1
  let before: readonly number[] = []
  let last: readonly number[] = new Array<number>(width).fill(0)
  for (let i = 1; i <= typed.length; i++) {
    const row = [i]
    for (let j = 1; j < width; j++) {
      const same = typed[i - 1] === name[j - 1]
      const swapped = i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]
      row.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before = last
    last = row
  }
  return Math.min(...last)
}
