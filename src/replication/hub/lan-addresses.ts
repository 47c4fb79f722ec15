import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Bridges of containers, virtual machines and tunnels: other laptops are seldom behind them. */
const SELDOM =
  /^(docker|br-|veth|virbr|vmnet|vbox|utun|tun|tap|wg|tailscale|zt|lo)|vEthernet|VirtualBox|VMware/i

const selfGiven = (address: string): boolean => address.startsWith('169.254.')

/** The IPv4 addresses at which other machines may find this one, likeliest first. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, list = []]) =>
    list
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => ({
        address,
        seldom: (SELDOM.test(name) ? 2 : 0) + (selfGiven(address) ? 1 : 0),
      })),
  )
  return [...new Set(found.sort((a, b) => a.seldom - b.seldom).map(({ address }) => address))]
}
