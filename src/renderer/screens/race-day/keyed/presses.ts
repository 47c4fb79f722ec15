import { useState } from 'react'
import { client } from '../../../client.ts'
import { agoOf, type Press, pressNow } from '../../../press.ts'
import { queries } from '../../../query.ts'
import { useKeyed } from '../../../state/keyed.ts'

/** A press that the engine has not taken: its moment is kept until it has. */
export interface Unsent {
  readonly press: Press
  readonly sessionId: string
  readonly location: string
  readonly bib: string
  readonly error: unknown
}

type Shot = Omit<Unsent, 'error'>

export const readKeyedAgain = (): void => void queries.invalidateQueries({ queryKey: ['keyed-reads'] })

/** Presses as fast as they come; none is lost to a call that failed. */
export function usePresses(sessionId: string, location: string) {
  const [unsent, setUnsent] = useState<readonly Unsent[]>([])
  const did = useKeyed(state => state.did)
  const leave = (press: Press): void =>
    setUnsent(all => all.filter(other => other.press.pressId !== press.pressId))

  const send = async (shot: Shot): Promise<void> => {
    const { press, ...read } = shot
    leave(press)
    try {
      const { id } = await client.keyedReads.press({ ...read, pressId: press.pressId, agoMs: agoOf(press) })
      did(id)
      readKeyedAgain()
    } catch (error) {
      setUnsent(all => [...all, { ...shot, error }])
    }
  }
  return {
    unsent,
    leave,
    send: (shot: Shot): void => void send(shot),
    press: (bib: string): void => void send({ press: pressNow(), sessionId, location, bib }),
  }
}
