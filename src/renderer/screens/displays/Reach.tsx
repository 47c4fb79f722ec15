import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useDisplayReach } from '../../queries.ts'
import { queries } from '../../query.ts'
import styles from './Displays.module.css'

/** Whether other machines get to the displays, and where. */
export function Reach() {
  const reach = useDisplayReach().data
  const set = useMutation({
    mutationFn: (open: boolean) => client.displays.setReach({ open }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['display-reach'] }),
  })
  if (reach === undefined) return null
  return (
    <section className={styles.reach} aria-label="How displays are reached">
      {reach.open ? (
        <p>
          <b className="good">This network sees displays</b>, port {reach.port}.
          {reach.addresses.length === 0 && ' This laptop is on no network now.'}
          {reach.canOpen && ' The rest of Trackside stays on this laptop.'}
        </p>
      ) : (
        <p>
          <b>Only this laptop sees displays.</b>{' '}
          {reach.canOpen
            ? 'Other screens on this network may be let in, to displays and nothing else.'
            : 'Start it with --host 0.0.0.0 to let the network in.'}
        </p>
      )}
      {reach.canOpen && (
        <Button small disabled={set.isPending} onClick={() => set.mutate(!reach.open)}>
          {reach.open ? 'Close to the network' : 'Let displays on this network see it'}
        </Button>
      )}
      <TroubleNote error={set.error} what="Not changed" />
    </section>
  )
}
