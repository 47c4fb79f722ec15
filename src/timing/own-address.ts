import type { Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

const isLoopback = (address: string): boolean =>
  /^(::ffff:)?127\./.test(address) || address === '::1' || address === '0.0.0.0' || address === '::'

/** Whether a host, as somebody typed it, is this laptop. A name that only the network knows is told by `leadsHere`. */
export function isThisLaptop(host: string): boolean {
  const name = host.trim().toLowerCase().replace(/\.$/, '')
  if (isLoopback(name) || name === 'localhost' || name.endsWith('.localhost')) return true
  if (name === hostname().toLowerCase()) return true
  return Object.values(networkInterfaces()).some(list => list?.some(({ address }) => address === name))
}

/** Whether a connection that stands ends where it began. */
export function leadsHere({ localAddress = '', remoteAddress = '' }: Socket): boolean {
  return isLoopback(remoteAddress) || (remoteAddress !== '' && remoteAddress === localAddress)
}
