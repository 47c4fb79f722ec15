import { Tabs } from '@mantine/core'
import type { Connection } from '../../../api/connections.ts'
import { Panel } from '../../components/Panel.tsx'
import { CONNECTION_TABS, type ConnectionTab, usePlace } from '../../state/place.ts'
import styles from './ConnectionDetail.module.css'
import { HistoryTab } from './HistoryTab.tsx'
import { MappingTab } from './mapping/MappingTab.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { PreviewTab } from './PreviewTab.tsx'
import { ReconciliationTab } from './ReconciliationTab.tsx'
import { SettingsTab } from './SettingsTab.tsx'

const WORDS: Readonly<Record<ConnectionTab, (connection: Connection) => string>> = {
  overview: () => 'Overview',
  preview: () => 'Preview',
  reconciliation: () => 'Reconciliation',
  mapping: connection => `Mapping · version ${connection.mappingVersion}`,
  history: () => 'History',
  settings: () => 'Settings',
}

export function ConnectionDetail({ connection }: { readonly connection: Connection }) {
  const { connectionTab, openConnection } = usePlace()
  return (
    <Panel label={connection.connectionName}>
      <Tabs
        value={connectionTab}
        onChange={value => {
          const tab = CONNECTION_TABS.find(one => one === value)
          if (tab) openConnection(connection.id, tab)
        }}
        keepMounted={false}
        classNames={{ root: styles.tabs ?? '', panel: styles.panel ?? '', list: styles.list ?? '' }}
      >
        <Tabs.List>
          {CONNECTION_TABS.map(tab => (
            <Tabs.Tab key={tab} value={tab}>
              {WORDS[tab](connection)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="preview">
          <PreviewTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="reconciliation">
          <ReconciliationTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="mapping">
          <MappingTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab connection={connection} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  )
}
