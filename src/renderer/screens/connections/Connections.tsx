import type { Connection } from '../../../api/connections.ts'
import { Button } from '../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { isTyping, useHotkeys } from '../../components/use-hotkeys.ts'
import { useConnections } from '../../queries.ts'
import { usePlace } from '../../state/place.ts'
import { count, counted } from '../../words/numbers.ts'
import { OpenCentral } from '../central/OpenCentral.tsx'
import { Header } from '../shell/Header.tsx'
import { AddConnection } from './add/AddConnection.tsx'
import { ConnectionCard } from './ConnectionCard.tsx'
import { ConnectionDetail } from './ConnectionDetail.tsx'
import styles from './Connections.module.css'
import { FreezeSwitch } from './FreezeSwitch.tsx'
import { SyncAll } from './SyncAll.tsx'

/** Ties between registration and scoring providers: how they are, and everything about one. */
export function Connections() {
  const { adding, add } = usePlace()
  const connections = useConnections()
  const list = connections.data ?? []
  useHotkeys(adding ? {} : { 'Alt+A': () => add(true) })
  if (adding) return <AddConnection onClose={() => add(false)} />
  return (
    <>
      <Header>
        <div>
          <small className="soft">{peopleInWords(list)}</small>
          <h1 className={styles.heading}>Connections</h1>
        </div>
        <div className={styles.headerActions}>
          <OpenCentral words="Central and hub…" />
          <FreezeSwitch />
          <SyncAll connections={list} />
          <Button kind="main" hotkey="Alt+A" onClick={() => add(true)}>
            Add connection
          </Button>
        </div>
      </Header>
      <TroubleNote
        error={connections.error}
        what="Connections not read"
        onRefetch={() => void connections.refetch()}
      />
      {connections.isSuccess && (list.length === 0 ? <None /> : <Room connections={list} />)}
    </>
  )
}

const peopleInWords = (connections: readonly Connection[]): string =>
  `${counted(connections.length, 'connection')} · ${count(connections.reduce((sum, one) => sum + one.participants, 0))} people`

function None() {
  return (
    <main className={styles.none}>
      <p className="soft">No connection. One brings registrations and pushes them to scoring.</p>
    </main>
  )
}

function Room({ connections }: { readonly connections: readonly Connection[] }) {
  const { connectionId, openConnection } = usePlace()
  const open = connections.find(connection => connection.id === connectionId) ?? connections[0] ?? null
  const walk = (event: React.KeyboardEvent): void => {
    if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || isTyping(event.target)) return
    event.preventDefault()
    const here = connections.findIndex(connection => connection.id === open?.id)
    const next =
      connections[Math.max(0, Math.min(connections.length - 1, here + (event.key === 'ArrowDown' ? 1 : -1)))]
    if (next) openConnection(next.id, usePlace.getState().connectionTab)
  }
  return (
    <main className={styles.room}>
      <Panel label="Connections">
        <PanelTitle title={counted(connections.length, 'connection')} aside={rateInWords(connections)} />
        <Scroll>
          <ul aria-label="Connections" onKeyDown={walk}>
            {connections.map(connection => (
              <ConnectionCard
                key={connection.id}
                connection={connection}
                open={connection.id === open?.id}
                onOpen={tab => openConnection(connection.id, tab)}
              />
            ))}
          </ul>
        </Scroll>
      </Panel>
      {open && <ConnectionDetail key={open.id} connection={open} />}
    </main>
  )
}

function rateInWords(connections: readonly Connection[]): string {
  const failing = connections.filter(connection => connection.recent[0]?.status === 'failed').length
  return failing === 0 ? 'none failing' : `${count(failing)} failing`
}
