import type { ClientBase } from 'pg'

/** A laptop that was given a code of this hub, as the hub knows it. */
export interface HubLaptop {
  readonly login: string
  /** What it was invited as: "Help desk". */
  readonly role: string
  /** Its own name; null until it has joined. */
  readonly name: string | null
  readonly laptopId: string | null
  readonly connected: boolean
  /** Of its connection, while there is one. */
  readonly address: string | null
  readonly invitedAt: number
  readonly joinedAt: number | null
  /** When it was last connected; now while it is. */
  readonly heardAt: number | null
  readonly revokedAt: number | null
}

const LAPTOPS = `
  SELECT m.login::text AS login, m.holder AS role, l.laptop_name AS name, l.laptop_id::text AS "laptopId",
    coalesce(a.connections, 0) > 0 AS connected, a.address AS address, m.invited_at AS "invitedAt",
    l.joined_at AS "joinedAt", greatest(l.seen_at, r.received_at) AS "seenAt", m.revoked_at AS "revokedAt"
  FROM trackside.partner_memberships m
  LEFT JOIN LATERAL (
    SELECT laptop_name, laptop_id, joined_at, seen_at FROM trackside.laptops
    WHERE login = m.login ORDER BY seen_at DESC LIMIT 1
  ) l ON true
  LEFT JOIN trackside.replication_receipts r
    ON r.timing_partner_id = m.timing_partner_id AND r.laptop_id = l.laptop_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS connections, min(host(client_addr)) AS address FROM pg_stat_activity WHERE usename = m.login
  ) a ON true
  WHERE m.role = 'laptop' AND (m.redeemed_at IS NULL OR l.laptop_id IS NOT NULL)
  ORDER BY m.invited_at, m.login`

interface Found {
  readonly login: string
  readonly role: string
  readonly name: string | null
  readonly laptopId: string | null
  readonly connected: boolean
  readonly address: string | null
  readonly invitedAt: Date
  readonly joinedAt: Date | null
  readonly seenAt: Date | null
  readonly revokedAt: Date | null
}

/** Everybody with a code of this hub, in the order of their invitation. Of a laptop that joined again, its last code. */
export async function laptopsOf(client: ClientBase, now: number): Promise<readonly HubLaptop[]> {
  const { rows } = await client.query<Found>(LAPTOPS)
  return rows.map(({ seenAt, invitedAt, joinedAt, revokedAt, ...rest }) => ({
    ...rest,
    invitedAt: invitedAt.getTime(),
    joinedAt: joinedAt?.getTime() ?? null,
    heardAt: rest.connected ? now : (seenAt?.getTime() ?? null),
    revokedAt: revokedAt?.getTime() ?? null,
  }))
}
