import { AppError } from '../../core/errors.ts'
import { newId } from '../../store/ids.ts'
import { listeningPort, setListeningPort } from '../../store/listening-ports.ts'
import { deleteRelay, putRelay, relays } from '../../store/relays.ts'
import { isThisLaptop } from '../../timing/own-address.ts'
import { ownPortTrouble } from '../../timing/relay-words.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

export function relayProcedures(parts: AppParts) {
  const { store, readers, config } = parts
  const { read } = store
  /** Null: Trackside was started without that port. */
  const startedWith = { ctp01: config.timingPort, mylaps: config.mylapsPort ?? null }

  const ports = () => ({
    ports: readers.doors().flatMap(({ protocol, port, message }) => {
      if (protocol === 'race-result' || startedWith[protocol] === null) return []
      return [{ protocol, port, chosen: listeningPort(read, protocol), message }]
    }),
  })

  return {
    list: os.relays.list.handler(() => ({
      relays: parts.relays.status().map(({ relay, left, ...state }) => ({
        ...relay,
        devices: [...relay.devices],
        locations: [...relay.locations],
        ...state,
        left: left.map(each => ({ ...each, examples: [...each.examples] })),
      })),
    })),
    put: os.relays.put.handler(async ({ input, context }) => {
      const id = input.id ?? newId()
      const known = relays(read)
      if (input.id !== undefined && !known.some(relay => relay.id === id))
        throw new AppError('not-found', `There is no relay ${id}.`)
      if (known.some(relay => relay.id !== id && relay.name === input.name))
        throw new AppError('input.invalid', `${input.name} is in the list already.`)
      if (isThisLaptop(input.host) && readers.doors().some(({ port }) => port === input.port))
        throw new AppError('input.invalid', ownPortTrouble(input))
      await store.writeForced(writer => putRelay(writer, { ...input, id }), context.who.name)
      return { id }
    }),
    remove: os.relays.remove.handler(async ({ input, context }) => {
      if (!(await store.writeForced(writer => deleteRelay(writer, input.id), context.who.name)))
        throw new AppError('not-found', `There is no relay ${input.id}.`)
      return { success: true as const }
    }),
    ports: os.relays.ports.handler(ports),
    setPort: os.relays.setPort.handler(async ({ input, context }) => {
      if (startedWith[input.protocol] === null)
        throw new AppError('conflict', 'Trackside was started without a port for these readers.')
      const other = readers.doors().find(door => door.port === input.port && input.port !== null)
      if (other !== undefined && other.protocol !== input.protocol)
        throw new AppError('input.invalid', `Port ${input.port} is where other readers call this laptop.`)
      await store.writeForced(
        writer => setListeningPort(writer, input.protocol, input.port),
        context.who.name,
      )
      await readers.settled()
      return ports()
    }),
  }
}
