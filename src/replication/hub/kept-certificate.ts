import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Certificate, makeCertificate, stillGood } from './certificate.ts'

/**
 * The hub's certificate, the same from start to start; a new one where there is none, or the old one ends soon. Its key
 * is in a file that only its owner reads, for the server must read it at every start.
 */
export function keptCertificate(
  home: string,
  addresses: readonly string[],
  now: number,
): Certificate & { readonly isNew: boolean } {
  const file = join(home, 'certificate.json')
  if (existsSync(file)) {
    const kept = read(file)
    if (kept !== null && stillGood(kept, now)) return { ...kept, isNew: false }
  }
  const made = makeCertificate({
    name: `Trackside hub ${hostname()}`,
    addresses: [...addresses, '127.0.0.1', 'localhost'],
    now,
  })
  writeFileSync(`${file}.new`, JSON.stringify(made), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return { ...made, isNew: true }
}

function read(file: string): Certificate | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof kept === 'object' &&
      kept !== null &&
      'key' in kept &&
      'certificate' in kept &&
      typeof kept.key === 'string' &&
      typeof kept.certificate === 'string'
      ? { key: kept.key, certificate: kept.certificate }
      : null
  } catch {
    return null
  }
}
