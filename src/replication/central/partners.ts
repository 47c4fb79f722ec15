import type { ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'

export interface Partner {
  readonly id: number
  readonly name: string
}

/** By number or name. @throws AppError not-found, naming whom there is */
export async function partnerBy(client: ClientBase, given: string): Promise<Partner> {
  const { rows } = await client.query<Partner>('SELECT id, name FROM public.timing_partners ORDER BY name')
  const named = rows.filter(({ name }) => name.toLowerCase() === given.toLowerCase())
  const found = rows.find(({ id }) => String(id) === given) ?? (named.length === 1 ? named[0] : undefined)
  if (found !== undefined) return found
  const known = rows.map(({ id, name }) => `${name} (${id})`).join(', ') || 'none yet'
  throw new AppError('not-found', `There is no timing partner “${given}”. There is: ${known}.`)
}

/** A new timing partner. Beside the existing platform it is the platform's too. @throws AppError conflict */
export async function addPartner(client: ClientBase, name: string): Promise<Partner> {
  const taken = await client.query('SELECT FROM public.timing_partners WHERE lower(name) = lower($1)', [name])
  if ((taken.rowCount ?? 0) > 0)
    throw new AppError('conflict', `There is a timing partner “${name}” already.`)
  const { rows: generated } = await client.query<{ own: boolean }>(
    `SELECT attgenerated = '' AS own FROM pg_attribute
     WHERE attrelid = 'public.timing_partners'::regclass AND attname = 'name'`,
  )
  const column = generated[0]?.own === true ? 'name' : 'company_name'
  const { rows } = await client.query<Partner>(
    `INSERT INTO public.timing_partners (${column}) VALUES ($1) RETURNING id, name`,
    [name],
  )
  const [made] = rows
  if (made === undefined) throw new Error('no partner was made')
  return made
}
