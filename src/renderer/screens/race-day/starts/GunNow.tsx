import { NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { StartShown } from '../../../../api/starts.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useHotkeys } from '../../../components/use-hotkeys.ts'
import { agoOf, type Press, pressNow } from '../../../press.ts'
import { queries } from '../../../query.ts'
import { startName } from '../../../words/starts.ts'
import styles from '../DayTabs.module.css'

const keyOf = ({ eventId, wave }: StartShown): string => `${eventId}|${wave}`

interface Shot {
  readonly press: Press
  readonly start: StartShown | null
}

/** The gun, pressed here when no reader gives one: kept as a read, and chosen for one start if that is said. */
export function GunNow({
  raceDay,
  starts,
}: {
  readonly raceDay: RaceDay
  readonly starts: readonly StartShown[]
}) {
  const [chosen, setChosen] = useState('')
  const start = starts.find(one => keyOf(one) === chosen) ?? null
  const shoot = useMutation({
    mutationFn: ({ press, start: of }: Shot) =>
      client.starts.gunNow({
        id: raceDay.id,
        pressId: press.pressId,
        agoMs: agoOf(press),
        ...(of === null ? {} : { start: { eventId: of.eventId, wave: of.wave } }),
      }),
    onSuccess: data => {
      queries.setQueryData(['starts', raceDay.id], data)
      setChosen('')
    },
  })
  const now = (): void => {
    if (!shoot.isPending) shoot.mutate({ press: pressNow(), start })
  }
  useHotkeys({ 'Alt+G': now })
  const last = shoot.variables
  return (
    <>
      <div className={styles.bar}>
        <Button kind="main" hotkey="Alt+G" disabled={shoot.isPending} onClick={now}>
          Gun now
        </Button>
        <NativeSelect
          aria-label="Gun now for"
          size="xs"
          value={chosen}
          onChange={event => setChosen(event.currentTarget.value)}
          data={[
            { value: '', label: 'kept; counts where it is nearest to a plan' },
            ...starts.map(one => ({ value: keyOf(one), label: `chosen for ${startName(one)}` })),
          ]}
        />
        {shoot.isSuccess && (
          <span role="status" className="soft">
            Gun kept{last?.start ? ` for ${startName(last.start)}` : ''}.
          </span>
        )}
      </div>
      <TroubleNote
        error={shoot.error}
        what="Gun not kept"
        {...(last ? { onRetry: () => shoot.mutate(last) } : {})}
        onDismiss={shoot.reset}
      />
    </>
  )
}
