import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useDisplays, useRaceDays } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { MODE_WORDS } from '../../words/displays.ts'
import { counted } from '../../words/numbers.ts'
import { Header } from '../shell/Header.tsx'
import { DisplayDetail } from './DisplayDetail.tsx'
import styles from './Displays.module.css'
import { LayoutEditor } from './LayoutEditor.tsx'
import { NEW_LAYOUT } from './layout-draft.ts'
import { Reach } from './Reach.tsx'

type Open = { readonly kind: 'display' | 'layout'; readonly id: string } | null

/** Screens for the crowd, the announcer and the tent: where they are, what they show, how they look. */
export function Displays() {
  const found = useDisplays()
  const raceDays = useRaceDays().data ?? []
  const chosenDay = useDesk(state => state.raceDayId)
  const [open, setOpen] = useState<Open>(null)
  const day = raceDays.find(({ id }) => id === chosenDay) ?? raceDays[0]
  const { displays, layouts } = found.data ?? { displays: [], layouts: [] }
  const reread = () => found.refetch()
  const add = useMutation({
    mutationFn: (raceDayId: string) =>
      client.displays.add({
        name: `Display ${displays.length + 1}`,
        raceDayId,
        locations: [],
        comesFrom: [],
        mode: 'crossings',
        layoutId: null,
      }),
    onSuccess: async ({ id }) => {
      await reread()
      setOpen({ kind: 'display', id })
    },
  })
  const addLayout = useMutation({
    mutationFn: () => client.displays.addLayout({ ...NEW_LAYOUT, name: `Layout ${layouts.length + 1}` }),
    onSuccess: async ({ id }) => {
      await reread()
      setOpen({ kind: 'layout', id })
    },
  })
  const layout = open?.kind === 'layout' ? layouts.find(({ id }) => id === open.id) : undefined
  const display =
    layout === undefined
      ? (displays.find(({ id }) => open?.kind === 'display' && id === open.id) ?? displays[0])
      : undefined
  return (
    <>
      <Header>
        <div>
          <small className="soft">
            {counted(displays.length, 'display')} · {counted(layouts.length, 'layout')}
          </small>
          <h1 className={styles.heading}>Displays</h1>
        </div>
        <div className={styles.headerActions}>
          <Button disabled={addLayout.isPending} onClick={() => addLayout.mutate()}>
            Add layout
          </Button>
          <Button
            kind="main"
            disabled={day === undefined || add.isPending}
            onClick={() => day && add.mutate(day.id)}
          >
            Add display
          </Button>
        </div>
      </Header>
      <TroubleNote error={found.error} what="Displays not read" onRefetch={() => void reread()} />
      <TroubleNote error={add.error ?? addLayout.error} what="Not added" />
      <main className={styles.room}>
        <Panel label="Displays and layouts">
          <Scroll>
            <PanelTitle title="Displays" />
            {found.isSuccess && displays.length === 0 && (
              <p className={styles.none}>
                None yet. A display shows who crosses, on any screen with a browser.
              </p>
            )}
            <ul className={styles.list}>
              {displays.map(one => (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-current={one.id === display?.id}
                    onClick={() => setOpen({ kind: 'display', id: one.id })}
                  >
                    <b>{one.name}</b>
                    <code>{one.address}</code>
                    <small>{MODE_WORDS[one.mode]}</small>
                    <small className={one.watching > 0 ? 'good' : 'faint'}>
                      {one.watching > 0 ? counted(one.watching, 'screen') : 'nowhere open'}
                    </small>
                  </button>
                </li>
              ))}
            </ul>
            <PanelTitle title="Layouts" />
            {found.isSuccess && layouts.length === 0 && (
              <p className={styles.none}>None yet. Without one a display is plain and dark.</p>
            )}
            <ul className={styles.list}>
              {layouts.map(one => (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-current={one.id === layout?.id}
                    onClick={() => setOpen({ kind: 'layout', id: one.id })}
                  >
                    <b>{one.name}</b>
                    <small className="faint">
                      {counted(displays.filter(({ layoutId }) => layoutId === one.id).length, 'display')}
                    </small>
                  </button>
                </li>
              ))}
            </ul>
          </Scroll>
          <Reach />
        </Panel>
        {layout && <LayoutEditor key={layout.id} layout={layout} />}
        {display && (
          <DisplayDetail key={display.id} display={display} layouts={layouts} raceDays={raceDays} />
        )}
      </main>
    </>
  )
}
