import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fingerprintOf, makeCertificate } from '../../../src/replication/hub/certificate.ts'
import { postmasterOf } from '../../../src/replication/hub/postmaster.ts'
import type { HubServer } from '../../../src/replication/hub/server.ts'
import { fillDisk, smallDisk } from '../../support/small-disk.ts'
import { ask, freePort, type HubStage, hubStage } from './hub-stage.ts'

const MINUTE = 60_000

describe('a hub that runs', () => {
  let stage: HubStage
  let hub: HubServer

  beforeAll(async () => {
    vi.stubEnv('TRACKSIDE_PASSPHRASE', 'canary-of-the-keys')
    stage = hubStage()
    hub = stage.hub({ port: await freePort() })
    await hub.start()
    await ask(hub.owner(), `CREATE ROLE laptop LOGIN PASSWORD 'of-the-laptop'`)
  }, MINUTE)

  afterAll(() => {
    vi.unstubAllEnvs()
    return stage.end()
  }, MINUTE)

  const setting = async (name: string): Promise<string | undefined> =>
    (await ask<{ value: string }>(hub.owner(), `SELECT current_setting('${name}') AS value`))[0]?.value

  const laptop = (more: object) =>
    ask<{ ssl: boolean }>(
      {
        ...{ host: '127.0.0.1', port: hub.owner().port, database: 'trackside', user: 'laptop' },
        ...{ password: 'of-the-laptop', ...more },
      },
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    )

  /** As from another machine: 127.0.0.2 is not the loopback address that the rules name. */
  const fromElsewhere = { stream: elsewhere }
  function elsewhere() {
    const socket = connect({ host: '127.0.0.1', port: hub.owner().port, localAddress: '127.0.0.2' })
    // pg calls connect by itself; this one is under way.
    socket.connect = (() => socket) as typeof socket.connect
    return socket
  }

  test('is PostgreSQL 18, safe against power cuts and small', async () => {
    expect(await setting('server_version')).toMatch(/^18\./)
    expect(await setting('fsync')).toBe('on')
    expect(await setting('synchronous_commit')).toBe('on')
    expect(await setting('idle_in_transaction_session_timeout')).toBe('1min')
    expect(await setting('shared_buffers')).toBe('64MB')
    expect(hub.status()).toMatchObject({ state: 'running', port: hub.owner().port, message: null })
  })

  test.runIf(process.platform === 'linux')('is told nothing that Trackside was started with', async () => {
    const pid = await postmasterOf(join(stage.dataFolder, 'hub', 'cluster'))
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    expect(environment).toContain('PATH=')
    expect(environment).not.toContain('canary-of-the-keys')
  })

  test('shows the certificate whose fingerprint it says', async () => {
    const socket = connect({ host: '127.0.0.1', port: hub.owner().port })
    await once(socket, 'connect')
    // SSLRequest: length 8, code 80877103.
    socket.write(Buffer.of(0, 0, 0, 8, 4, 210, 22, 47))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(String(answer)).toBe('S')
    const secured = connectTls({ socket, rejectUnauthorized: false })
    await once(secured, 'secureConnect')
    const shown = secured.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase()
    secured.destroy()
    expect(shown).toBe(hub.status().fingerprint)
  })

  test('refuses a password sent without TLS from anywhere but this laptop', async () => {
    const rules = await ask<{
      type: string
      address: string | null
      auth_method: string
      error: string | null
    }>(hub.owner(), 'SELECT type, address, auth_method, error FROM pg_hba_file_rules')
    expect(rules.filter(({ error }) => error !== null)).toEqual([])
    const admitted = rules.filter(({ auth_method }) => auth_method !== 'reject')
    expect(new Set(admitted.map(({ auth_method }) => auth_method))).toEqual(new Set(['scram-sha-256']))
    const plain = admitted.filter(({ type }) => type !== 'hostssl').map(({ address }) => address)
    expect(new Set(plain)).toEqual(new Set(['127.0.0.1', '::1']))
    await expect(laptop(fromElsewhere)).rejects.toThrow(/no pg_hba.conf entry .* no encryption/)
    expect(await laptop({ ...fromElsewhere, ssl: { rejectUnauthorized: false } })).toEqual([{ ssl: true }])
    expect(await laptop({})).toEqual([{ ssl: false }])
  })

  test('lets its owner in from this laptop only, and a wrong password nowhere', async () => {
    await expect(
      laptop({ ...fromElsewhere, ssl: { rejectUnauthorized: false }, ...{ user: 'trackside_hub' } }),
    ).rejects.toThrow(/pg_hba.conf rejects/)
    await expect(laptop({ password: 'another' })).rejects.toThrow(/password authentication failed/)
  })

  test('lets a client in that trusts the certificate of its fingerprint, and no other certificate will do', async () => {
    const kept = (folder: string) =>
      JSON.parse(readFileSync(join(folder, 'hub', 'certificate.json'), 'utf8')) as { certificate: string }
    const { certificate } = kept(stage.dataFolder)
    expect(fingerprintOf(certificate)).toBe(hub.status().fingerprint)
    const trusting = (ca: string) => laptop({ ssl: { ca, checkServerIdentity: () => undefined } })
    expect(await trusting(certificate)).toEqual([{ ssl: true }])
    const other = makeCertificate({ name: 'Trackside hub', addresses: [], now: Date.now() })
    await expect(trusting(other.certificate)).rejects.toThrow(/certificate/)
  })

  test('keeps its passwords out of the log and of every file', async () => {
    const { password } = hub.owner()
    await expect(ask(hub.owner(), `ALTER ROLE nobody PASSWORD 'canary-4711'`)).rejects.toThrow(
      'does not exist',
    )
    const log = readFileSync(join(stage.dataFolder, 'hub', 'server.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toContain('canary-4711')
    expect(log).not.toContain(password)
    const { mode } = statSync(join(stage.dataFolder, 'hub', 'cluster', 'server.key'))
    expect(mode & 0o077).toBe(0)
  })

  test(
    'is started again when its server ends by itself, and says so',
    async () => {
      const said: (string | null)[] = []
      const forget = hub.onChange(() => said.push(hub.status().message))
      const before = await postmasterOf(join(stage.dataFolder, 'hub', 'cluster'))
      process.kill(before ?? 0, 'SIGKILL')
      await vi.waitFor(() => expect(said.length).toBeGreaterThan(0), { timeout: 10_000 })
      await vi.waitFor(() => expect(hub.status().state).toBe('running'), { timeout: 30_000 })
      forget()
      expect(said[0]).toBe('The hub ended by itself. It is started again.')
      expect(await laptop({})).toEqual([{ ssl: false }])
    },
    MINUTE,
  )

  test(
    'stops within its connections and starts again with the same port, certificate and rows',
    async () => {
      await ask(hub.owner(), 'CREATE TABLE there AS SELECT 1 AS one')
      const { port, fingerprint } = hub.status()
      await hub.stop()
      expect(hub.status()).toMatchObject({ state: 'stopped', addresses: [] })
      expect(() => hub.owner()).toThrow('The hub does not run on this laptop.')
      expect(await postmasterOf(join(stage.dataFolder, 'hub', 'cluster'))).toBeNull()
      hub = stage.hub()
      await hub.start()
      expect(hub.status()).toMatchObject({ state: 'running', port, fingerprint })
      expect(await ask(hub.owner(), 'SELECT one FROM there')).toEqual([{ one: 1 }])
    },
    MINUTE,
  )

  test(
    'goes on with a new password where the keychain has lost the old one',
    async () => {
      await hub.stop()
      const lost = new Map<string, string>()
      hub = stage.hub({
        secrets: () => ({
          get: async name => lost.get(name) ?? null,
          set: async (name, secret) => {
            lost.set(name, secret)
          },
        }),
      })
      await hub.start()
      expect([...lost.values()]).toEqual([hub.owner().password])
      expect(await ask(hub.owner(), 'SELECT one FROM there')).toEqual([{ one: 1 }])
    },
    MINUTE,
  )

  test(
    'says in words that its port is taken, and leaves whoever holds it alone',
    async () => {
      await hub.stop()
      const other = createServer()
      other.listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      hub = stage.hub({ port })
      await expect(hub.start()).rejects.toMatchObject({
        code: 'port.taken',
        message: expect.stringContaining(`The hub cannot listen on port ${port}: another program holds it`),
      })
      expect(hub.status()).toMatchObject({ state: 'failed', message: expect.stringContaining(String(port)) })
      expect(other.listening).toBe(true)
      await new Promise(resolve => other.close(resolve))
      await hub.start()
      expect(hub.status().state).toBe('running')
    },
    MINUTE,
  )

  test(
    'never ends another program that has the number of a server of before',
    async () => {
      await hub.stop()
      const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      const cluster = join(stage.dataFolder, 'hub', 'cluster')
      writeFileSync(
        join(cluster, 'postmaster.pid'),
        `${sleeper.pid}\n${cluster}\n0\n1\n\n127.0.0.1\n1 1\nready\n`,
      )
      hub = stage.hub()
      await hub.start()
      expect(hub.status().state).toBe('running')
      await hub.stop()
      expect(sleeper.exitCode ?? sleeper.signalCode).toBeNull()
      sleeper.kill()
      await once(sleeper, 'exit')
    },
    MINUTE,
  )
})

describe('a hub whose Trackside was killed', () => {
  let stage: HubStage
  let child: ChildProcess | null = null

  beforeAll(() => {
    stage = hubStage()
  })

  afterAll(async () => {
    child?.kill('SIGKILL')
    await stage.end()
  }, MINUTE)

  test(
    'is ended and started again with what was committed',
    async () => {
      const password = 'a1b2c3d4'
      await stage.secrets.set('hub/owner', password)
      const port = await freePort()
      const script = join(import.meta.dirname, 'hub-process.ts')
      child = spawn(process.execPath, [script, stage.dataFolder, String(port), password], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer]
      expect(String(said)).toBe('ready\n')
      const cluster = join(stage.dataFolder, 'hub', 'cluster')
      const orphan = await postmasterOf(cluster)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(await postmasterOf(cluster)).toBe(orphan)
      const hub = stage.hub()
      await hub.start()
      expect(await postmasterOf(cluster)).not.toBe(orphan)
      expect(hub.status()).toMatchObject({ state: 'running', port })
      expect(await ask(hub.owner(), 'SELECT words FROM kept')).toEqual([{ words: 'committed' }])
      await hub.stop()
    },
    MINUTE,
  )

  test(
    'whose making was cut short is made anew',
    async () => {
      const cut = hubStage()
      const home = join(cut.dataFolder, 'hub')
      mkdirSync(join(home, 'cluster.making', 'base'), { recursive: true })
      const hub = cut.hub({ port: await freePort() })
      try {
        await hub.start()
        expect(hub.status().state).toBe('running')
        expect(existsSync(join(home, 'cluster.making'))).toBe(false)
      } finally {
        await cut.end()
      }
    },
    MINUTE,
  )
})

test('a laptop without the embedded PostgreSQL cannot be the hub, and says what to do', async () => {
  const stage = hubStage()
  const nowhere = join(stage.dataFolder, 'nowhere')
  const hub = stage.hub({ binariesFolder: nowhere })
  await expect(hub.start()).rejects.toMatchObject({
    code: 'hub.failed',
    message: `This laptop cannot be the hub: the PostgreSQL that comes with Trackside is missing at ${nowhere}. Let another laptop be the hub, or install Trackside again.`,
  })
  await stage.end()
})

test('a disk with no room for a hub is said before anything is written', async context => {
  const stage = hubStage()
  const away = smallDisk(stage.dataFolder, 100)
  if (away === null) {
    await stage.end()
    return context.skip('no small disk can be mounted here')
  }
  try {
    await expect(stage.hub().start()).rejects.toMatchObject({
      code: 'store.unwritable',
      message: expect.stringMatching(/^The disk is too full for a hub: \d+ MB are free, it wants 300 MB\./),
    })
    expect(existsSync(join(stage.dataFolder, 'hub', 'cluster'))).toBe(false)
  } finally {
    await stage.stop()
    away()
    await stage.end()
  }
})

test(
  'a disk that fills up refuses what is new, keeps what was committed and goes on when there is room',
  async context => {
    const stage = hubStage()
    const away = smallDisk(stage.dataFolder, 400)
    if (away === null) {
      await stage.end()
      return context.skip('no small disk can be mounted here')
    }
    try {
      const hub = stage.hub({ port: await freePort() })
      await hub.start()
      await ask(hub.owner(), `CREATE TABLE kept AS SELECT 'committed' AS words`)
      const filler = fillDisk(stage.dataFolder, 2 * 1024 * 1024)
      const much =
        'CREATE TABLE much AS SELECT repeat(n::text, 50) AS words FROM generate_series(1, 200000) n'
      await expect(ask(hub.owner(), much)).rejects.toThrow(
        /No space left on device|terminat|closed the connection/,
      )
      rmSync(filler)
      await vi.waitFor(
        async () =>
          expect(await ask(hub.owner(), 'SELECT words FROM kept')).toEqual([{ words: 'committed' }]),
        { timeout: 30_000, interval: 250 },
      )
      await ask(hub.owner(), much)
      await hub.stop()
    } finally {
      await stage.stop()
      away()
      await stage.end()
    }
  },
  MINUTE,
)
