import type { OfficeWork } from '../../api/identity.ts'
import { AppError } from '../../core/errors.ts'
import type { Office } from '../../replication/office.ts'
import type { PeerLink } from '../../replication/peer-link.ts'
import {
  findPeople,
  joinPeople,
  personWords,
  splitPerson,
  withdrawPersonWord,
} from '../../replication/people/known-people.ts'
import { recomputeAround } from '../../replication/people/recompute.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

/** A question of one person who waits. */
const ANSWER_MS = 60_000

const NOBODYS: OfficeWork = {
  ...{ keeps: false, state: 'resting', message: null, registrations: 0, people: 0 },
  ...{ lastDoneAt: null, feedTidiedAt: null, feedTidied: 0 },
}

export function identityProcedures({ office, replication, store }: AppParts) {
  const keeper = (): Office => {
    if (office !== null) return office
    throw new AppError(
      'conflict',
      'This Trackside does not compute it: the one that the office runs as a service does, or npm run cli -- central people.',
    )
  }
  const shown = (): OfficeWork => {
    if (office === null) return NOBODYS
    const { counts, ...status } = office.status()
    return { keeps: true, ...status, ...counts }
  }
  /** @throws AppError conflict, central.* */
  const atCentral = <T>(work: (client: PeerLink['client'], partner: number) => Promise<T>): Promise<T> => {
    if (replication === null)
      throw new AppError(
        'conflict',
        'This laptop works alone: people over events are at the central database.',
      )
    return replication.atCentral(({ client, membership, within }) =>
      within(ANSWER_MS, work(client, membership.partnerId)),
    )
  }
  const audit = (action: string, rowId: string, after: Record<string, string> | null, actor: string): void =>
    store.write(
      writer => writer.audit({ action, table: 'normalized_participants', rowId, before: null, after }),
      actor,
    )

  return {
    work: os.identity.work.handler(shown),
    compute: os.identity.compute.handler(() => {
      keeper().computeNow()
      return shown()
    }),
    cancel: os.identity.cancel.handler(() => {
      keeper().cancel()
      return shown()
    }),
    find: os.identity.find.handler(({ input }) =>
      atCentral(async (client, partner) => ({
        people: (await findPeople(client, partner, input.q, input.limit)).map(person => ({
          ...person,
          registrations: [...person.registrations],
        })),
      })),
    ),
    join: os.identity.join.handler(async ({ input, context }) => {
      const { registrationId: one, otherId: other, reason } = input
      if (one === other) throw new AppError('input.invalid', 'other_id: that is the same registration.')
      const decisionId = await atCentral(async (client, partner) => {
        const id = await joinPeople(client, partner, { one, other, reason })
        await recomputeAround(client, partner, [one, other])
        return id
      })
      audit('two people joined', one, { with: other, reason, decision: decisionId }, context.who.name)
      return { decisionId }
    }),
    split: os.identity.split.handler(async ({ input, context }) => {
      const { registrationId: one, reason } = input
      const decisionId = await atCentral(async (client, partner) => {
        const id = await splitPerson(client, partner, { one, reason })
        await recomputeAround(client, partner, [one])
        return id
      })
      audit('a person split', one, { reason, decision: decisionId }, context.who.name)
      return { decisionId }
    }),
    words: os.identity.words.handler(({ input }) =>
      atCentral(async (client, partner) => ({
        decisions: (await personWords(client, partner, input.limit)).map(word => ({
          ...word,
          names: [...word.names],
        })),
      })),
    ),
    undo: os.identity.undo.handler(async ({ input, context }) => {
      const about = await atCentral(async (client, partner) => {
        const ids = await withdrawPersonWord(client, partner, input.id)
        await recomputeAround(client, partner, ids)
        return ids
      })
      audit(
        'a joining or splitting of people taken back',
        about[0] ?? input.id,
        { decision: input.id },
        context.who.name,
      )
      return { success: true as const }
    }),
  }
}
