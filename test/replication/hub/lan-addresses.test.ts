import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { lanAddresses } from '../../../src/replication/hub/lan-addresses.ts'

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  ...{ address, internal, family: 'IPv4', netmask: '255.255.255.0', mac: '00:00:00:00:00:00', cidr: null },
})

test('the cable and the wireless come before bridges, tunnels and addresses nobody gave', () => {
  const found = lanAddresses({
    lo: [ipv4('127.0.0.1', true)],
    docker0: [ipv4('172.17.0.1')],
    'vEthernet (WSL)': [ipv4('172.28.1.1')],
    eth1: [ipv4('169.254.7.7')],
    eth0: [ipv4('192.168.8.20'), { ...ipv4(''), family: 'IPv6', address: 'fe80::1', scopeid: 2 }],
    wlan0: [ipv4('10.4.0.3')],
  })
  expect(found).toEqual(['192.168.8.20', '10.4.0.3', '169.254.7.7', '172.17.0.1', '172.28.1.1'])
})

test('a laptop without a network has no address to give', () => {
  expect(lanAddresses({ lo: [ipv4('127.0.0.1', true)] })).toEqual([])
})
