import type { Station } from '../two-sides.ts'

export const CONNECTION = '0196b0aa-0000-7000-8000-000000000001'

/** A laptop that could run the connection. */
export const holdsKeys = ({ store }: Station): void =>
  store.write(writer => {
    writer.put('provider_connections', {
      ...{ id: CONNECTION, timingPartnerId: writer.partnerId, connectionName: 'Harbor Run' },
      ...{ sourceProvider: 'runsignup', targetProvider: 'ctlive', sourceSettings: {}, targetSettings: {} },
      ...{ events: 'all', scheduleMode: 'event', scheduleIntervalMinutes: null, autoSyncEnabled: false },
      ...{ inferredAllowed: false, credentialsUpdatedAt: writer.at, lastSyncAt: null, lastSuccessAt: null },
      ...{ eventsSyncedAt: null, deletedAt: null, createdBy: 'test', clock: writer.clock },
      ...{ createdAt: writer.at, updatedAt: writer.at },
    })
  })
