import { oc } from '@orpc/contract'
import { z } from 'zod'
import type { Role } from '../core/model.ts'

/** The least role that may call it. */
export interface ProcedureMeta {
  readonly role: Role
  /** What the address of a display opens: these and nothing else. */
  readonly ofDisplays?: true
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Begins a procedure: how HTTP reaches it (under /api, snake_case) and who may. */
export const route = (method: Method, path: `/${string}`, role: Role, summary: string) =>
  oc
    .$meta<ProcedureMeta>({ role: 'admin' })
    .meta({ role })
    .route({ method, path, summary, tags: [path.split('/')[1] ?? ''] })

export const id = z.uuid()
/** Ms since the epoch, UTC. */
export const moment = z.number().int()
/** Maps whose keys are not ours: they pass the snake_case edge as they are. */
export const opaque = z.record(z.string(), z.unknown())
export const texts = z.record(z.string(), z.string())
export const limit = z.coerce.number().int().min(1).max(1000)
/** Query flags: z.coerce.boolean would take "false" for true. */
export const flag = z.union([z.boolean(), z.stringbool()])
/** Although another laptop runs the connection, or nobody can say who does: it is taken over. */
export const anyway = z.boolean().default(false)
export const done = z.object({ success: z.literal(true) })
