import { hostname } from 'node:os'
import { AppError, isAppError } from '../core/errors.ts'
import type { Clock, Json, Log, Service } from '../core/runtime.ts'
import { forgetPeer, peerById, peers, putPeer } from '../store/peers.ts'
import type { Store } from '../store/store.ts'
import { TABLES, type TableName } from '../store/tables.ts'
import { loginOfUrl } from './central/connect.ts'
import { connectionTrouble } from './central/connection-trouble.ts'
import { redeemCode } from './central/membership.ts'
import { newPassword } from './central/scram.ts'
import { type ConnectionCode, type Login, parseConnectionCode } from './connection-code.ts'
import { createLeases, type LeaseState } from './lease.ts'
import { createPeer, type Peer } from './peer.ts'
import { type Introduction, openPeerLink, type PeerLink } from './peer-link.ts'
import type { PeerKind } from './peer-words.ts'

export type PeerState = 'connecting' | 'offline' | 'catching-up' | 'in-step' | 'blocked'

export interface PeerStatus {
  readonly id: string
  readonly kind: PeerKind
  /** As shown: host without secrets. */
  readonly name: string
  readonly state: PeerState
  /** AppError code when offline or blocked. */
  readonly code: string | null
  /** In words, what to do. */
  readonly message: string | null
  /** Changes waiting here for it. */
  readonly toSend: number
  readonly readsToSend: number
  /** Null: not known. */
  readonly toTake: number | null
  readonly etaMs: number | null
  /** Age of the oldest change not there yet. */
  readonly lagMs: number | null
  readonly lastInStepAt: number | null
  readonly nextTryAt: number | null
}

/** A central database that was named at start and is not joined yet. */
export interface Joining {
  readonly name: string
  /** Null: it is being tried for the first time. */
  readonly code: string | null
  readonly message: string | null
  readonly nextTryAt: number | null
}

/** Keeps this laptop and its peers in step, by itself and when asked. */
export interface Replication extends Service {
  status(): {
    readonly peers: readonly PeerStatus[]
    readonly pending: number
    readonly joining: Joining | null
  }
  onChange(listener: () => void): () => void
  /** Now; resolves when every peer is in step or has failed. */
  run(signal?: AbortSignal): Promise<void>
  /** @param code a connection code, or a database's address. @throws AppError input.invalid, conflict, central.* */
  join(code: string): Promise<PeerStatus>
  /** @param ends it is a hub that is none any more, for anybody */
  leave(peerId: string, ends?: boolean): Promise<void>
  /**
   * A hub is found at another address by now: it is tried there, with the same login and certificate, and kept.
   * @param address host, or host:port. @throws AppError input.invalid, not-found, central.*
   */
  reach(peerId: string, address: string): Promise<PeerStatus>
  /**
   * A session of its own at the central database, for work that would keep what is replicated waiting.
   * @throws AppError central.*; conflict where none was joined
   */
  atCentral<T>(work: (link: PeerLink) => Promise<T>): Promise<T>
  /** Who runs a connection: one laptop at a time, and only one that holds its keys. */
  leaseOf(connectionId: string): LeaseState
  /** Asks the database first, where it can be asked. */
  askLease(connectionId: string): Promise<LeaseState>
  /** A person wants it here: whoever has it stops first. */
  takeOverLease(connectionId: string, signal: AbortSignal): Promise<LeaseState>
  /** While something is sent its turn is not handed over. */
  duringLease<T>(connectionId: string, work: () => Promise<T>): Promise<T>
}

/** The keychain, as far as peers need it. */
export interface PeerSecrets {
  get(account: string): Promise<string | null>
  set(account: string, secret: string): Promise<void>
  remove(account: string): Promise<void>
}

export interface ReplicationParts {
  readonly store: Store
  readonly secrets: () => PeerSecrets
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly version: string
  /** drizzle/central. */
  readonly migrations: string
  /** A central database to join at start: a connection code or an address. */
  readonly central?: string | undefined
  /** Says that the network may be there again. */
  readonly network?: { onChange(listener: () => void): () => void }
  /** How long a connection is one laptop's, unrenewed. */
  readonly leaseMs?: number
}

const passwordOf = (peerId: string): string => `replication/${peerId}`
/** Of a login whose code is being used up: known here before the database knows it. */
const joiningOf = (user: string): string => `replication/joining/${user}`

type Target = Omit<Login, 'password'>

const asTarget = (value: Json | null): Target | null =>
  typeof value === 'object' && value !== null && 'hosts' in value && 'user' in value && 'trust' in value
    ? (value as unknown as Target)
    : null

/** What is asked for by a code, or by a plain address whose login is not a code's. */
function asked(text: string): ConnectionCode & { readonly once: boolean } {
  if (!/^postgres(ql)?:\/\//.test(text.trim())) return { ...parseConnectionCode(text), once: true }
  const login = loginOfUrl(text)
  return { kind: 'central', name: login.hosts[0] ?? 'central', login, expiresAt: null, once: false }
}

/** Each that does not answer costs time. */
const MOST_HOSTS = 6

/** @throws AppError input.invalid */
function hostOf(address: string, port: number): { readonly host: string; readonly port: number } {
  const bare = /^[^[\]:]*:[^[\]]*:/.test(address.trim()) ? `[${address.trim()}]` : address.trim()
  const url = URL.parse(`tcp://${bare}`)
  if (url === null || url.hostname === '' || url.pathname !== '' || url.username !== '')
    throw new AppError('input.invalid', 'That is no address: 192.168.1.20, or laptop.local:5433.')
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || port) }
}

const sameDoor = (one: Target, other: Target): boolean =>
  one.user === other.user && one.port === other.port && one.database === other.database

/** How long until a central database that was named at start is tried again. */
const JOIN_AGAIN_MS = 15_000

export function createReplication(parts: ReplicationParts): Replication {
  const { store, clock, log } = parts
  const running = new Map<string, Peer>()
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of [...listeners]) listener()
  }
  const who: Introduction = {
    laptopId: store.laptopId,
    laptopName: hostname(),
    program: parts.version,
    migrations: parts.migrations,
  }
  const leases = createLeases({
    ...{ store, clock, log, changed },
    deciders: () => {
      const all = peers(store.read)
      const of = (kind: PeerStatus['kind']): Peer | null => {
        const last = all.findLast(peer => peer.kind === kind)
        return last === undefined ? null : (running.get(last.peerId) ?? null)
      }
      return { joined: all.length > 0, central: of('central'), hub: of('hub') }
    },
    ...(parts.leaseMs === undefined ? {} : { lastsMs: parts.leaseMs }),
  })
  let started = false
  let unhear: (() => void)[] = []
  let joinTimer: NodeJS.Timeout | null = null
  let joining: Promise<unknown> | null = null
  let named: Joining | null = null

  const loginOf = async (peerId: string): Promise<Login> => {
    const target = asTarget(peerById(store.read, peerId)?.target ?? null)
    const password = await parts.secrets().get(passwordOf(peerId))
    if (target === null || password === null)
      throw new AppError(
        'central.refused',
        'The password for this database is not on this laptop. Join again with a new connection code.',
      )
    return { ...target, password }
  }

  const startPeer = async (peerId: string): Promise<Peer> => {
    const known = running.get(peerId)
    if (known !== undefined) return known
    const { random } = parts
    const peer = createPeer({
      ...{ store, clock, random, log, who, peerId, changed, login: () => loginOf(peerId) },
      turnAsked: leases.asked,
    })
    running.set(peerId, peer)
    await peer.start()
    return peer
  }
  const stopPeer = async (peerId: string): Promise<void> => {
    const peer = running.get(peerId)
    running.delete(peerId)
    await peer?.stop()
  }

  /** What this laptop made of a code that it used up, and was cut off before it noted where: it may go on with it. */
  const openBegun = async ({ login, kind }: ConnectionCode): Promise<PeerLink | null> => {
    const password = await parts.secrets().get(joiningOf(login.user))
    if (password === null) return null
    try {
      return await openPeerLink({ ...login, password }, who, kind, () => {})
    } catch (error) {
      if (isAppError(error) && error.code === 'central.refused') return null
      throw error
    }
  }

  const join = async (text: string): Promise<PeerStatus> => {
    // Whether it has expired the database says: this laptop's clock may be wrong.
    const code = asked(text)
    const { kind, name, login, once } = code
    const secrets = parts.secrets()
    const begun = once ? await openBegun(code) : null
    const link = begun ?? (await openPeerLink(login, who, kind, () => {}))
    const { installationId: peerId, partnerId, partnerName } = link.membership
    const joining = joiningOf(login.user)
    let { password } = login
    try {
      // Before the code is used up: a laptop of another partner needs it for its own.
      // A hub of a laptop that works alone is of nobody yet.
      if (kind === 'central' || partnerId !== 0) store.checkPartner({ id: partnerId, name: partnerName })
      if (once) {
        password = (await secrets.get(joining)) ?? newPassword()
        await secrets.set(joining, password)
        if (begun === null) await link.within(30_000, redeemCode(link.client, password))
      }
    } finally {
      await link.close()
    }
    await secrets.set(passwordOf(peerId), password)
    await stopPeer(peerId)
    const { password: _, ...target } = login
    if (kind === 'central') store.joinPartner({ id: partnerId, name: partnerName })
    store.write(writer => putPeer(writer, { peerId, kind, name, target: target as unknown as Json }))
    if (once) await secrets.remove(joining)
    const peer = await startPeer(peerId)
    changed()
    return peer.status()
  }

  const joinAtStart = (): void => {
    const { central } = parts
    if (central === undefined) return
    const { login, name } = asked(central)
    const known = peers(store.read).some(peer => {
      const target = asTarget(peer.target)
      return target !== null && sameDoor(target, login)
    })
    if (known) {
      // By a code that somebody pasted meanwhile.
      named = null
      return
    }
    named ??= { name, code: null, message: null, nextTryAt: null }
    joining = join(central).then(
      () => {
        named = null
        changed()
      },
      error => {
        log.warn({ error: String(error) }, 'the central database was not joined')
        const said = connectionTrouble(error, name)
        const code = isAppError(said) ? said.code : 'internal'
        const message = isAppError(said) ? said.message : 'Trackside made a mistake here. The log says where.'
        named = { name, code, message, nextTryAt: clock() + JOIN_AGAIN_MS }
        changed()
        if (started) joinTimer = setTimeout(joinAtStart, JOIN_AGAIN_MS)
      },
    )
  }

  const isOfPeers = (tables: ReadonlySet<TableName>): boolean =>
    [...tables].some(name => TABLES.get(name)?.rule != null)

  return {
    async start() {
      started = true
      unhear = [
        store.onChange(tables => {
          if (isOfPeers(tables)) for (const peer of running.values()) peer.wake()
        }),
        parts.network?.onChange(() => {
          for (const peer of running.values()) peer.tryNow()
        }) ?? (() => {}),
      ]
      for (const { peerId } of peers(store.read)) await startPeer(peerId)
      joinAtStart()
      await leases.start()
    },
    async stop() {
      if (!started) return
      started = false
      await leases.stop()
      if (joinTimer !== null) clearTimeout(joinTimer)
      for (const stop of unhear) stop()
      await joining
      await Promise.all([...running.keys()].map(stopPeer))
    },
    status() {
      const all = [...running.values()].map(peer => peer.status())
      return {
        peers: all,
        pending: all.reduce((sum, peer) => Math.max(sum, peer.toSend + peer.readsToSend), 0),
        joining: named,
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async run(signal) {
      await Promise.all([...running.values()].map(peer => peer.run(signal)))
    },
    join,
    async atCentral(work) {
      const central = peers(store.read).findLast(({ kind }) => kind === 'central')
      if (central === undefined)
        throw new AppError('conflict', 'This laptop has joined no central database. Join it first.')
      try {
        const link = await openPeerLink(await loginOf(central.peerId), who, 'central', () => {})
        try {
          return await work(link)
        } finally {
          await link.close()
        }
      } catch (error) {
        throw connectionTrouble(error, central.name)
      }
    },
    leaseOf: leases.of,
    askLease: leases.ask,
    async reach(peerId, address) {
      const known = peerById(store.read, peerId)
      const target = asTarget(known?.target ?? null)
      if (known === null || target === null)
        throw new AppError('not-found', 'This laptop has not joined that.')
      if (known.kind !== 'hub')
        throw new AppError('input.invalid', 'A central database is joined anew with another connection code.')
      const { host, port } = hostOf(address, target.port)
      const { password } = await loginOf(peerId)
      const there = { ...target, hosts: [host], port }
      const link = await openPeerLink({ ...there, password }, who, 'hub', () => {})
      await link.close()
      if (link.membership.installationId !== peerId)
        throw new AppError(
          'central.differs',
          `What answers at ${host} is not ${known.name}. Nothing was sent.`,
        )
      // Where the port is the same it may be back at an old address tomorrow.
      const others = port === target.port ? target.hosts.filter(one => one !== host) : []
      const kept = { ...there, hosts: [host, ...others].slice(0, MOST_HOSTS) }
      store.write(writer => putPeer(writer, { ...known, target: kept as unknown as Json }))
      await stopPeer(peerId)
      const peer = await startPeer(peerId)
      changed()
      return peer.status()
    },
    takeOverLease: leases.takeOver,
    duringLease: leases.during,
    async leave(peerId, ends = false) {
      if (ends) await leases.hubEnds(peerId)
      await stopPeer(peerId)
      store.write(writer => forgetPeer(writer, peerId))
      await parts.secrets().remove(passwordOf(peerId))
      changed()
    },
  }
}
