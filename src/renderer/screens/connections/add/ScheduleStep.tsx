import { TextInput } from '@mantine/core'
import type { ProviderInfo } from '../../../../api/connections.ts'
import { isInferred } from '../../../words/connections.ts'
import { PushChoice } from '../form/PushChoice.tsx'
import { ScheduleChoice } from '../form/ScheduleChoice.tsx'
import type { Draft } from './draft.ts'

interface ScheduleStepProps {
  readonly draft: Draft
  /** What it is called while nobody types a name. */
  readonly name: string
  readonly target: ProviderInfo
  readonly onChange: (part: Partial<Draft>) => void
}

export function ScheduleStep({ draft, name, target, onChange }: ScheduleStepProps) {
  return (
    <>
      <h2>Name and schedule</h2>
      <TextInput
        label="Name"
        placeholder={name}
        value={draft.name}
        onChange={event => onChange({ name: event.currentTarget.value })}
      />
      <ScheduleChoice
        schedule={draft.schedule}
        automatic={draft.automatic}
        onSchedule={schedule => onChange({ schedule })}
        onAutomatic={automatic => onChange({ automatic })}
      />
      {isInferred(target, 'push') && (
        <PushChoice
          target={target.name}
          allowed={draft.inferredAllowed}
          onChange={inferredAllowed => onChange({ inferredAllowed })}
        />
      )}
    </>
  )
}
