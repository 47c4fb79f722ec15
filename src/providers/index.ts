import { AppError } from '../core/errors.ts'
import { copernico } from './copernico/index.ts'
import { ctlive } from './ctlive/index.ts'
import { haku } from './haku/index.ts'
import type { Provider } from './provider.ts'
import { raceRoster } from './race-roster/index.ts'
import { runsignup } from './runsignup/index.ts'

export const providers: readonly Provider[] = [runsignup, raceRoster, haku, ctlive, copernico]

/** @throws AppError not-found */
export function providerById(id: string): Provider {
  const found = providers.find(provider => provider.id === id)
  if (found) return found
  throw new AppError('not-found', `There is no provider "${id}"`)
}
