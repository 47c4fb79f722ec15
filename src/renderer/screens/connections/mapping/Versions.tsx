import { NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client, type Outputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { fieldLabel } from '../../../words/fields.ts'
import { momentExact } from '../../../words/time.ts'
import { useZone } from '../../race-day/day.ts'
import styles from './Mapping.module.css'

type Version = Outputs['mapping']['versions']['versions'][number]
type Change = Version['changes'][number]

interface VersionsProps {
  readonly connectionId: string
  readonly current: number
  readonly labelOf: (field: string) => string
  readonly onRestored: () => void
  readonly onClose: () => void
}

const nameOf = (version: number): string => (version === 0 ? 'the providers’ defaults' : `version ${version}`)

/** Who saved what and when, what differs, and the way back. */
export function Versions({ connectionId, current, labelOf, onRestored, onClose }: VersionsProps) {
  const zone = useZone()
  const versions = useQuery({
    queryKey: ['mapping', connectionId, 'versions', current],
    queryFn: ({ signal }) => client.mapping.versions({ id: connectionId }, { signal }),
    meta: { topics: ['connections'] },
    select: data => data.versions,
  })
  const restore = useMutation({
    mutationFn: (version: number) => client.mapping.restore({ id: connectionId, version }),
    onSuccess: onRestored,
  })
  return (
    <Dialog title="Versions of this mapping" wide onClose={onClose}>
      <TroubleNote
        error={versions.error}
        what="Versions not read"
        onRefetch={() => void versions.refetch()}
      />
      <TroubleNote error={restore.error} what="Not gone back" />
      {versions.data && versions.data.length > 2 && (
        <Compare connectionId={connectionId} versions={versions.data} labelOf={labelOf} />
      )}
      <ul className={styles.list}>
        {versions.data?.map(version => (
          <li key={version.version} className={styles.version}>
            <div className={styles.line}>
              <b className={styles.grow}>
                {version.version === 0 ? 'The providers’ defaults' : `Version ${version.version}`}
                {version.restoredFrom !== null && ` · back to ${nameOf(version.restoredFrom)}`}
              </b>
              {version.version === current ? (
                <span className="good">in use</span>
              ) : (
                <Button
                  small
                  disabled={restore.isPending}
                  aria-label={`Go back to ${nameOf(version.version)}`}
                  onClick={() => restore.mutate(version.version)}
                >
                  Go back to this
                </Button>
              )}
            </div>
            {version.savedAt !== null && (
              <small className="soft">
                {version.savedBy}, {momentExact(version.savedAt, zone)}
                {version.note !== null && ` · ${version.note}`}
              </small>
            )}
            <Changes changes={version.changes} labelOf={labelOf} />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

interface CompareProps {
  readonly connectionId: string
  readonly versions: readonly Version[]
  readonly labelOf: (field: string) => string
}

function Compare({ connectionId, versions, labelOf }: CompareProps) {
  const [from, setFrom] = useState(versions[1]?.version ?? 0)
  const [to, setTo] = useState(versions[0]?.version ?? 0)
  const diff = useQuery({
    queryKey: ['mapping', connectionId, 'diff', from, to],
    queryFn: ({ signal }) => client.mapping.diff({ id: connectionId, from, to }, { signal }),
  })
  const data = versions.map(({ version }) => ({ value: String(version), label: nameOf(version) }))
  return (
    <section className={styles.rule} aria-label="Compare">
      <div className={styles.line}>
        <NativeSelect
          label="Compare"
          value={String(from)}
          data={data}
          onChange={event => setFrom(Number(event.currentTarget.value))}
        />
        <NativeSelect
          label="with"
          value={String(to)}
          data={data}
          onChange={event => setTo(Number(event.currentTarget.value))}
        />
      </div>
      <TroubleNote error={diff.error} what="Not compared" onRefetch={() => void diff.refetch()} />
      {diff.data &&
        (diff.data.changes.length === 0 ? (
          <span className="soft">They say the same.</span>
        ) : (
          <Changes changes={diff.data.changes} labelOf={labelOf} />
        ))}
    </section>
  )
}

function Changes({
  changes,
  labelOf,
}: {
  readonly changes: readonly Change[]
  readonly labelOf: (field: string) => string
}) {
  return changes.map(({ side, field, before, after }) => (
    <div key={`${side} ${field}`}>
      <b>{side === 'source' ? `our ${fieldLabel(field).toLowerCase()}` : labelOf(field)}</b>: {before} →{' '}
      {after}
    </div>
  ))
}
