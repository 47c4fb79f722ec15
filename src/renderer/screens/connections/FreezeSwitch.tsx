import { Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useFreeze } from '../../guard-queries.ts'
import { queries } from '../../query.ts'
import { moment } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'

/** Nothing is sent to any provider while it is on. */
export function FreezeSwitch() {
  const freeze = useFreeze()
  const zone = useZone()
  const change = useMutation({
    mutationFn: (frozen: boolean) => client.sync.setFreeze({ frozen }),
    onSettled: () => queries.invalidateQueries(),
  })
  if (!freeze.isSuccess) return null
  const frozen = freeze.data
  return (
    <>
      <Switch
        checked={frozen !== null}
        disabled={change.isPending}
        onChange={event => change.mutate(event.currentTarget.checked)}
        label={
          frozen === null
            ? 'Freeze all pushing'
            : `Pushing frozen by ${frozen.by} since ${moment(frozen.since, zone)}`
        }
      />
      <TroubleNote error={change.error} what="Not changed" onDismiss={change.reset} />
    </>
  )
}
