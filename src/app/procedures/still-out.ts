import { AppError } from '../../core/errors.ts'
import { createGuns } from '../../store/guns.ts'
import { nameOf } from '../../store/participant-columns.ts'
import { rowWhere } from '../../store/rows.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { raceDayById } from '../race-days.ts'

export function stillOutProcedures({ store, config, count }: AppParts) {
  const { read } = store
  return {
    list: os.stillOut.list.handler(async ({ input }) => {
      const day = raceDayById(read, input.id)
      const gun = createGuns(read)
      const out = await count('stillOut', day.id, input.eventId ?? null)
      const people = out.people.map(row => {
        const { firstName, lastName, location, at, hasContact, nameFolded: _, ...shown } = row
        return {
          ...shown,
          name: nameOf({ firstName, lastName }),
          lastLocation: location,
          lastAt: at,
          gunAt: gun(row.eventId, row.wave),
          hasContact: hasContact === 1,
        }
      })
      return { people, total: out.total, at: config.clock() }
    }),
    contact: os.stillOut.contact.handler(async ({ input, context }) => {
      const person = rowWhere(read, 'effective_participants', 'participant_id = ?', input.id)
      if (person === null) throw new AppError('not-found', `There is no participant ${input.id}.`)
      const { phone, emergencyContact } = person
      // That it was looked at is kept, not what was seen.
      await store.writeForced(
        writer =>
          writer.audit({
            action: 'contact looked at',
            table: 'normalized_participants',
            rowId: input.id,
            before: null,
            after: { fields: ['phone', 'emergency_contact'] },
            reason: input.reason ?? null,
          }),
        context.who.name,
      )
      return { phone, emergencyContact }
    }),
  }
}
