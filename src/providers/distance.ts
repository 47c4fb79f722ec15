const UNITS: readonly { readonly pattern: RegExp; readonly km: number }[] = [
  { pattern: /^(k|km|kms|kilometers?|kilometres?)$/, km: 1 },
  { pattern: /^(mi|miles?|milers?)$/, km: 1.609344 },
  { pattern: /^(m|meters?|metres?)$/, km: 0.001 },
  { pattern: /^(yd|yds|yards?)$/, km: 0.0009144 },
]

/**
 * Kilometres of a distance as organizers write it: "5K", "3.2 Miles", "Half Marathon"; null where it does not say one.
 * A text that says several different ones (a triathlon's legs) says none.
 */
export function distanceKm(text: string | null): number | null {
  if (text === null) return null
  const said = text.toLowerCase().replace(/(\d),(\d{3})(?!\d)/g, '$1$2')
  const found: number[] = []
  for (const [, digits = '', unit = ''] of said.matchAll(/(\d+(?:[.,]\d+)?)\s*-?\s*([a-z]+)/g)) {
    const amount = Number(digits.replace(',', '.'))
    const known = UNITS.find(({ pattern }) => pattern.test(unit))
    // "5m" may be miles: a lone m is metres only from 100 on.
    if (known === undefined || amount === 0 || (unit === 'm' && amount < 100)) continue
    found.push(amount * known.km)
  }
  if (found.length === 0 && /\bmarathon\b/.test(said) && !/relay/.test(said))
    found.push(/\b(half|1\/2)\b|½/.test(said) ? 21.0975 : 42.195)
  const [first] = found
  if (first === undefined || found.some(other => Math.abs(other - first) > first * 0.05)) return null
  return Math.round(first * 10_000) / 10_000
}
