import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Display, DisplayLayout } from '../../../api/displays.ts'
import type { RaceDay } from '../../../api/race-day.ts'
import { DISPLAY_MODES, type DisplayMode } from '../../../core/display.ts'
import { client, type Inputs } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
import { Button } from '../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useDisplayLocations, useDisplayReach } from '../../queries.ts'
import { queries } from '../../query.ts'
import { MODE_WORDS } from '../../words/displays.ts'
import styles from './Displays.module.css'
import { Locations } from './Locations.tsx'
import { ShownHere } from './ShownHere.tsx'

interface DisplayDetailProps {
  readonly display: Display
  readonly layouts: readonly DisplayLayout[]
  readonly raceDays: readonly RaceDay[]
}

/** One display: its address, and what it shows. Changes count at once, on every screen that shows it. */
export function DisplayDetail({ display, layouts, raceDays }: DisplayDetailProps) {
  const [name, setName] = useState(display.name)
  const [here, setHere] = useState(false)
  const leave = useCallback(() => setHere(false), [])
  const locations = useDisplayLocations(display.raceDayId).data ?? []
  const update = useMutation({
    mutationFn: (changes: Omit<Inputs['displays']['update'], 'id'>) =>
      client.displays.update({ id: display.id, ...changes }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['displays'] }),
  })
  return (
    <Panel label={display.name}>
      <PanelTitle title={display.name} aside={display.raceDayName ?? undefined} />
      <Scroll>
        <div className={styles.body}>
          <Address display={display} />
          <div className={styles.actions}>
            <Button kind="main" onClick={() => setHere(true)}>
              Show on this laptop
            </Button>
            {/* Somebody climbed a ladder to type the address in. */}
            <AskedButton
              words="New address…"
              title={`A new address for ${display.name}?`}
              yes="New address"
              failed="Not changed"
              onYes={() => update.mutateAsync({ newAddress: true })}
            >
              <p>
                {display.address} opens nothing any more: every screen that shows this display is to be opened
                again.
              </p>
            </AskedButton>
            <AskedButton
              words="Remove…"
              title={`Remove ${display.name}?`}
              yes="Remove"
              failed="Not removed"
              onYes={async () => {
                await client.displays.remove({ id: display.id })
                await queries.invalidateQueries({ queryKey: ['displays'] })
              }}
            >
              <p>{display.address} opens nothing any more. Layouts and reads stay.</p>
            </AskedButton>
          </div>
          <TroubleNote error={update.error} what="Not changed" />
          <div className={styles.form}>
            <TextInput
              label="Name"
              value={name}
              maxLength={120}
              onChange={event => setName(event.currentTarget.value)}
              onBlur={() => name.trim() !== '' && name !== display.name && update.mutate({ name })}
            />
            <NativeSelect
              label="Shows"
              value={display.mode}
              data={DISPLAY_MODES.map(mode => ({ value: mode, label: MODE_WORDS[mode] }))}
              onChange={event => update.mutate({ mode: event.currentTarget.value as DisplayMode })}
            />
            <NativeSelect
              label="Race day"
              value={display.raceDayId}
              data={raceDays.map(({ id, name: words, date }) => ({ value: id, label: `${words}, ${date}` }))}
              onChange={event => update.mutate({ raceDayId: event.currentTarget.value })}
            />
            <NativeSelect
              label="Layout"
              value={display.layoutId ?? ''}
              data={[
                { value: '', label: 'Plain' },
                ...layouts.map(({ id, name: words }) => ({ value: id, label: words })),
              ]}
              onChange={event => update.mutate({ layoutId: event.currentTarget.value || null })}
            />
          </div>
          {(display.mode === 'crossings' || display.mode === 'announcer') && (
            <Locations
              words={display.mode === 'crossings' ? 'Shows who crosses at' : 'They come to'}
              none="all finishes"
              chosen={display.locations}
              locations={locations.map(one => one.name)}
              onChange={chosen => update.mutate({ locations: [...chosen] })}
            />
          )}
          {display.mode === 'announcer' && (
            <Locations
              words="They come from"
              none="everywhere else on the course"
              chosen={display.comesFrom}
              locations={locations.map(one => one.name)}
              onChange={chosen => update.mutate({ comesFrom: [...chosen] })}
            />
          )}
        </div>
      </Scroll>
      {here && <ShownHere id={display.id} onClose={leave} />}
    </Panel>
  )
}

/** The address in large type: it is read off here and typed in there. */
function Address({ display }: { readonly display: Display }) {
  const reach = useDisplayReach().data
  const own = /^https?:$/.test(window.location.protocol) ? [window.location.origin] : []
  const bases = reach?.open && reach.addresses.length > 0 ? reach.addresses : own
  return (
    <div className={styles.address}>
      <small className="soft">
        {reach?.open
          ? 'Any browser on this network opens it at'
          : bases.length > 0
            ? 'A browser on this laptop opens it at'
            : 'Let displays on this network see it, and a browser opens it by its address'}
      </small>
      {bases.map(base => (
        <p key={base}>
          {base}/d/<b>{display.address}</b>
        </p>
      ))}
      {bases.length === 0 && (
        <p>
          <b>{display.address}</b>
        </p>
      )}
    </div>
  )
}
