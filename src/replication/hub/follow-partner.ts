import type { ClientBase } from 'pg'

const TABLES = `
  SELECT c.oid::regclass::text AS name FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'timing_partner_id' AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('trackside'::regnamespace, 'public'::regnamespace)
  ORDER BY 1`

/**
 * A hub serves one partner: its laptop's. When that laptop joins another one (it worked alone, and now comes to a central
 * database), all that the hub holds becomes the new partner's in one transaction: rows, logins and the feed, whose
 * places stay, so that every laptop goes on where it was.
 * @param client the hub's owner, nobody else's while this runs
 * @returns the partner it was before, or null when nothing had to follow
 */
export async function followPartner(
  client: ClientBase,
  partner: { readonly id: number; readonly name: string },
): Promise<number | null> {
  await client.query('BEGIN')
  try {
    // Renumbering is no news to anybody: no trigger writes it into the feed.
    await client.query('SET LOCAL session_replication_role = replica')
    await client.query(
      `INSERT INTO public.timing_partners (id, name) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
      [partner.id, partner.name],
    )
    const { rows: others } = await client.query<{ id: number }>(
      'DELETE FROM public.timing_partners WHERE id <> $1 RETURNING id',
      [partner.id],
    )
    if (others.length > 0) {
      const { rows: tables } = await client.query<{ name: string }>(TABLES)
      for (const { name } of tables)
        await client.query(`UPDATE ${name} SET timing_partner_id = $1 WHERE timing_partner_id <> $1`, [
          partner.id,
        ])
    }
    await client.query('COMMIT')
    return others[0]?.id ?? null
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
