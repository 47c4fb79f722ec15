import type { Session } from '../../../../api/timing.ts'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useReadersStatus } from '../../../readers-queries.ts'
import { useZone } from '../day.ts'
import { Alarms } from './Alarms.tsx'
import { CalledReaders } from './CalledReaders.tsx'
import { Doors } from './Doors.tsx'
import styles from './Now.module.css'
import { ReadersTable } from './ReadersTable.tsx'

/** What brings reads now, and what is wrong with it. */
export function Now({ session }: { readonly session: Session | null }) {
  const status = useReadersStatus()
  const data = status.data
  const siteZone = useZone()
  const zone = session?.timezone ?? siteZone
  const here = data?.readers.filter(reader => reader.state !== 'gone').length ?? 0
  return (
    <div className={styles.now}>
      <Panel label="Readers">
        <PanelTitle
          title="Readers"
          aside={data && data.readers.length > 0 ? `${here} of ${data.readers.length} connected` : undefined}
        />
        <TroubleNote error={status.error} what="Readers not read" onRefetch={() => void status.refetch()} />
        {data && (
          <Scroll>
            <ReadersTable readers={data.readers} />
            <Doors doors={data.doors} />
            <CalledReaders called={data.called} />
          </Scroll>
        )}
      </Panel>
      <Panel label="Alarms">
        {data && <Alarms alarms={data.alarms} notices={data.notices} readers={data.readers} zone={zone} />}
      </Panel>
    </div>
  )
}
