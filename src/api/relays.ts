import { z } from 'zod'
import { done, id, route } from './route.ts'

const names = z.array(z.string().trim().min(1).max(200)).max(200)

const choice = {
  name: z.string().trim().min(1).max(80),
  host: z.string().trim().min(1).max(253),
  /** 61611 is where scoring programs listen for ChronoTrack. */
  port: z.number().int().min(1).max(65_535).default(61_611),
  protocol: z.enum(['ctp01']).default('ctp01'),
  on: z.boolean().default(true),
  /** Empty: of all devices; of all locations. */
  devices: names.default([]),
  locations: names.default([]),
  /** Reads of imported files, and reads keyed by hand: they did not come from a reader's stream. */
  files: z.boolean().default(false),
  keyed: z.boolean().default(false),
}

const relay = z.object({
  id,
  ...choice,
  state: z.enum(['off', 'counting', 'calling', 'connected']),
  /** What is in the way, in words. */
  message: z.string().nullable(),
  /** The scoring program's own name, while it is connected. */
  program: z.string().nullable(),
  /** Reads written to it, as far as it asked for them; reads still to write. */
  handed: z.number(),
  waiting: z.number(),
  /** Reads that are not handed on, by reason, with the newest of each. */
  left: z.array(
    z.object({
      reason: z.string(),
      reads: z.number(),
      examples: z.array(
        z.object({
          id: z.number(),
          location: z.string(),
          chip: z.string().nullable(),
          device: z.string(),
        }),
      ),
    }),
  ),
  /** What it asked for last: `start~finish~4711`. */
  lastStart: z.string().nullable(),
})
export type RelayShown = z.infer<typeof relay>

const protocol = z.enum(['ctp01', 'mylaps'])
const port = z.number().int().min(1).max(65_535)
const ports = z.object({
  ports: z.array(
    z.object({
      protocol,
      /** Null: nothing listens. */
      port: z.number().nullable(),
      /** The crew's; null: the one Trackside was started with. */
      chosen: port.nullable(),
      message: z.string().nullable(),
    }),
  ),
})

export const relays = {
  list: route('GET', '/timing/relays', 'crew', 'Where reads are handed on, and how it stands').output(
    z.object({ relays: z.array(relay) }),
  ),
  put: route('PUT', '/timing/relays', 'crew', 'Adds a scoring program to hand reads on to, or changes it')
    .input(z.object({ id: id.optional(), ...choice }))
    .output(z.object({ id })),
  remove: route('DELETE', '/timing/relays/{id}', 'crew', 'Hands on no more')
    .input(z.object({ id }))
    .output(done),
  ports: route('GET', '/timing/ports', 'crew', 'Ports at which readers call this laptop').output(ports),
  setPort: route('PUT', '/timing/ports/{protocol}', 'crew', 'Listens for readers at another port, at once')
    .input(z.object({ protocol, port: port.nullable() }))
    .output(ports),
}
