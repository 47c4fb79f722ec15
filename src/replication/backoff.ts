/** Ms to wait after so many failures in a row: doubling, and scattered, so that laptops do not all come back at once. */
export function backoffMs(failures: number, most: number, random: () => number): number {
  const full = Math.min(most, 500 * 2 ** Math.min(failures, 16))
  return Math.round(full * (0.5 + random() / 2))
}
