import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { AskedButton } from '../../components/AskedButton.tsx'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useHub } from '../../hub-queries.ts'
import { queries } from '../../query.ts'
import { type HubState, hubWords, stoppingInWords } from '../../words/hub.ts'
import { HubLaptops } from './HubLaptops.tsx'
import { InviteLaptop } from './InviteLaptop.tsx'

const reread = () => queries.invalidateQueries({ queryKey: ['hub'] })

/** This laptop as the hub of the site: started and stopped, codes given out, who is on it. */
export function SiteHub({ onClose }: { readonly onClose: () => void }) {
  const hub = useHub()
  return (
    <Dialog title="Site hub" onClose={onClose} wide>
      <p>
        On a site without internet one laptop is the hub for the others: they see each other’s changes within
        a second, and each goes on alone when it loses the hub.
      </p>
      <TroubleNote error={hub.error} what="Hub not shown" onRefetch={() => void hub.refetch()} />
      {hub.data && <Room hub={hub.data} onClose={onClose} />}
    </Dialog>
  )
}

function Room({ hub, onClose }: { readonly hub: HubState; readonly onClose: () => void }) {
  const start = useMutation({ mutationFn: () => client.hub.start({}), onSettled: reread })
  const stop = useMutation({ mutationFn: () => client.hub.stop(), onSettled: reread })
  const now = useNow(1000)
  const running = hub.state === 'running'
  const said = hubWords(start.isPending ? { ...hub, state: 'starting' } : hub)
  const consequences = stoppingInWords(hub.laptops, now)
  return (
    <>
      <div role="status">
        <Note tone={said.tone === 'plain' ? 'info' : said.tone}>{said.words}</Note>
      </div>
      <TroubleNote error={start.error} what="Not the hub" />
      {consequences === null && <TroubleNote error={stop.error} what="Not stopped" />}
      {running && (
        <>
          <InviteLaptop port={hub.port} />
          <HubLaptops laptops={hub.laptops} />
        </>
      )}
      <DialogActions>
        {!hub.on && !running ? (
          <Button kind="main" disabled={start.isPending} onClick={() => start.mutate()}>
            {start.isPending ? 'Starting' : 'Be the hub'}
          </Button>
        ) : consequences === null ? (
          <Button disabled={stop.isPending} onClick={() => stop.mutate()}>
            {stop.isPending ? 'Stopping' : 'Stop being the hub'}
          </Button>
        ) : (
          <AskedButton
            words="Stop being the hub…"
            title="Stop being the hub?"
            no="Stay the hub"
            yes="Stop being the hub"
            failed="Not stopped"
            onYes={() => stop.mutateAsync()}
          >
            {consequences.map(words => (
              <p key={words}>{words}</p>
            ))}
          </AskedButton>
        )}
        {hub.on && hub.state === 'failed' && (
          <Button kind="main" disabled={start.isPending} onClick={() => start.mutate()}>
            Try again
          </Button>
        )}
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </>
  )
}
