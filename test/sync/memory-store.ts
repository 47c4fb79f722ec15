import { join } from 'node:path'
import type { Clock } from '../../src/core/runtime.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')

/** A whole store, in memory. */
export const memoryStore = (clock: Clock): Store => openStore({ file: ':memory:', migrations, clock })
