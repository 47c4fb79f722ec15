import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { displayAddress } from '../core/display.ts'
import type { Role } from '../core/model.ts'
import { displayByAddress } from '../store/displays.ts'
import { newId } from '../store/ids.ts'
import type { Store } from '../store/store.ts'
import type { Who } from './context.ts'

/**
 * Named tokens of the HTTP door, and the addresses of displays. Of tokens only hashes are kept, but for the first one,
 * which its owner may read.
 */
export interface Access {
  find(token: string): Who | null
  /** @returns the token, shown this once */
  add(name: string, role: Role): string
  /** The first manager token: `TRACKSIDE_TOKEN`, or made once and kept in the data folder for its owner only. */
  managerToken(given?: string): string
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export function createAccess(store: Store, dataFolder: string): Access {
  const keep = (token: string, name: string, role: Role): void => {
    store.write(writer => {
      writer.put('access_tokens', {
        id: newId(),
        name,
        role,
        tokenHash: hashOf(token),
        createdAt: writer.at,
        revokedAt: null,
      })
    })
  }
  const findDisplay = (address: string): Who | null => {
    const display = displayByAddress(store.read, address)
    return display && { name: `display “${display.name}”`, role: 'display', displayId: display.id }
  }
  const find = (token: string): Who | null => {
    const known = store.read.get<Who>(
      'SELECT name, role FROM access_tokens WHERE token_hash = ? AND revoked_at IS NULL',
      hashOf(token),
    )
    if (known !== undefined) return known
    // After the tokens: one that somebody chose may look like an address.
    const address = displayAddress(token)
    return address === null ? null : findDisplay(address)
  }
  return {
    find,
    add(name, role) {
      const token = randomBytes(24).toString('base64url')
      keep(token, name, role)
      return token
    },
    managerToken(given) {
      const file = join(dataFolder, 'manager-token')
      const token =
        given ??
        (existsSync(file) ? readFileSync(file, 'utf8').trim() : randomBytes(24).toString('base64url'))
      if (given === undefined && !existsSync(file)) {
        writeFileSync(file, `${token}\n`, { mode: 0o600 })
        chmodSync(file, 0o600)
      }
      if (find(token) === null) keep(token, 'manager', 'manager')
      return token
    },
  }
}
