import type { Peer } from './peer.ts'

/** A laptop that asked for a turn, or that one is kept for. */
export interface Asker {
  readonly id: string
  readonly name: string
}

/** What a peer says of a connection's turn. */
export interface TurnSaid {
  /** The laptop whose row it is: who runs it, or who keeps it there for that one. */
  readonly keeper: string
  readonly holder: string
  readonly holderName: string
  /** Zero or less: it is over. */
  readonly msLeft: number
  /** Who asked for it, not long ago. */
  readonly wantedBy: Asker | null
  /** The hub that may decide while this peer cannot be asked. */
  readonly hub: { readonly id: string; readonly msLeft: number } | null
}

/** Not only kept for another laptop. */
export const isItsOwn = ({ keeper, holder }: TurnSaid): boolean => keeper === holder

export const isLive = (said: TurnSaid | 'nobody'): said is TurnSaid => said !== 'nobody' && said.msLeft > 0

export interface TurnRow {
  readonly keeper: string
  readonly holder: string
  readonly holder_name: string | null
  readonly ms_left: number
  readonly wanted_by: string | null
  readonly wanted_name: string | null
  readonly hub_id: string | null
  readonly hub_ms_left: number | null
}

/** Of a name that did not come along. */
const SOMEBODY = 'Another laptop'

export const saidOf = (row: TurnRow): TurnSaid => ({
  keeper: row.keeper,
  holder: row.holder,
  holderName: row.holder_name ?? SOMEBODY,
  msLeft: row.ms_left,
  wantedBy: row.wanted_by === null ? null : { id: row.wanted_by, name: row.wanted_name ?? SOMEBODY },
  hub:
    row.hub_id === null || row.hub_ms_left === null || row.hub_ms_left <= 0
      ? null
      : { id: row.hub_id, msLeft: row.hub_ms_left },
})

export interface Taking {
  readonly connectionId: string
  readonly laptopId: string
  readonly lastsMs: number
  /** The hub at which this laptop has the turn too. */
  readonly hub: string | null
  readonly hubLastsMs: number
  readonly keepFor: Asker | null
}

/** How peers are asked about turns. Null: it is not there. */
export const turnWords = {
  /** Who has it, with nothing taken; null too where nobody ever had it. */
  async look(peer: Peer, connectionId: string): Promise<TurnSaid | null | 'nobody'> {
    return peer.ask(async ({ client }) => {
      const { rows } = await client.query<TurnRow>('SELECT * FROM trackside.turn_of($1)', [connectionId])
      const [row] = rows
      return row === undefined ? 'nobody' : saidOf(row)
    })
  },
  async take(peer: Peer, asked: Taking): Promise<TurnSaid | null> {
    return peer.ask(async ({ client }) => {
      const { rows } = await client.query<TurnRow>(
        `SELECT * FROM trackside.take_turn($1, $2, $3::interval, $4, $5::interval, $6, $7)`,
        [
          ...[asked.connectionId, asked.laptopId, `${asked.lastsMs} milliseconds`, asked.hub],
          ...[`${asked.hubLastsMs} milliseconds`, asked.keepFor?.id ?? null, asked.keepFor?.name ?? null],
        ],
      )
      const [row] = rows
      return row === undefined ? null : saidOf(row)
    })
  },
  want: (peer: Peer, connectionId: string, laptopId: string) =>
    peer.ask(({ client }) => client.query('SELECT trackside.want_turn($1, $2)', [connectionId, laptopId])),
  /** Of this holder; of nobody where it is another's by now. */
  wantOf: (peer: Peer, connectionId: string, laptopId: string, holder: string) =>
    peer.ask(({ client }) =>
      client.query('SELECT trackside.want_turn_of($1, $2, $3)', [connectionId, laptopId, holder]),
    ),
  release: (peer: Peer, connectionId: string, laptopId: string) =>
    peer.ask(({ client }) =>
      client.query('SELECT trackside.release_lease($1, $2)', [connectionId, laptopId]),
    ),
  /** A person says that the hub decides no more. */
  endHub: (peer: Peer, connectionId: string, laptopId: string) =>
    peer.ask(({ client }) => client.query('SELECT trackside.end_hub_turn($1, $2)', [connectionId, laptopId])),
}
