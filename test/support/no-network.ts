import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { afterEach } from 'vitest'

/** Tests talk to this machine only. A try at anything else is refused, and fails its test even if the code swallows it. */
const tried: string[] = []

afterEach(() => {
  const addresses = tried.splice(0)
  if (addresses.length > 0) throw new Error(`a test reached for the network: ${addresses.join(', ')}`)
})

const isLocal = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

function refusal(host: string): Error {
  tried.push(host)
  return Object.assign(new Error(`tests reach this machine only, not ${host}`), { code: 'ENETUNREACH' })
}

/** The host that a call to connect names: (options), (port, host?) or (path), or Node's own list of these. */
function hostOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as net.IpcNetConnectOpts & net.TcpNetConnectOpts
    return path ? 'localhost' : (host ?? 'localhost')
  }
  return typeof second === 'string' ? second : 'localhost'
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const host = hostOf(args)
  if (isLocal(host)) return Reflect.apply(connect, this, args)
  const error = refusal(host)
  process.nextTick(() => this.destroy(error))
  return this
}

const lookup = dns.lookup
const guarded = (host: string, ...rest: unknown[]): void => {
  if (isLocal(host) || net.isIP(host)) {
    Reflect.apply(lookup, dns, [host, ...rest])
    return
  }
  const error = refusal(host)
  const answer = rest.at(-1)
  if (typeof answer === 'function') process.nextTick(() => answer(error))
}
dns.lookup = Object.assign(guarded, { __promisify__: lookup.__promisify__ })
syncBuiltinESMExports()
