import { Radio } from '@mantine/core'
import type { ProviderInfo } from '../../../../api/connections.ts'
import styles from './AddConnection.module.css'
import type { Draft } from './draft.ts'

interface ProvidersStepProps {
  readonly providers: readonly ProviderInfo[]
  readonly draft: Draft
  readonly onChange: (part: Partial<Draft>) => void
}

export function ProvidersStep({ providers, draft, onChange }: ProvidersStepProps) {
  return (
    <>
      <h2>From where to where</h2>
      <div className={styles.pair}>
        <Radio.Group
          label="Registrations come from"
          value={draft.sourceProvider}
          onChange={sourceProvider => onChange({ sourceProvider, sourceSettings: {}, sourceCredentials: {} })}
        >
          {providers
            .filter(provider => provider.roles.includes('registration'))
            .map(provider => (
              <Radio key={provider.id} value={provider.id} label={provider.name} mt={8} />
            ))}
        </Radio.Group>
        <Radio.Group
          label="They go to, for scoring"
          value={draft.targetProvider}
          onChange={targetProvider => onChange({ targetProvider, targetSettings: {}, targetCredentials: {} })}
        >
          {providers
            .filter(provider => provider.roles.includes('scoring'))
            .map(provider => (
              <Radio key={provider.id} value={provider.id} label={provider.name} mt={8} />
            ))}
        </Radio.Group>
      </div>
    </>
  )
}
