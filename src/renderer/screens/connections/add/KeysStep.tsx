import { useMutation } from '@tanstack/react-query'
import type { ProviderInfo } from '../../../../api/connections.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { SideForm } from '../form/SideForm.tsx'
import { TestResult } from '../form/TestResult.tsx'
import styles from './AddConnection.module.css'
import { type Draft, keysOf, lackingIn } from './draft.ts'

interface KeysStepProps {
  readonly draft: Draft
  readonly source: ProviderInfo
  readonly target: ProviderInfo
  readonly onChange: (part: Partial<Draft>) => void
}

export function KeysStep({ draft, source, target, onChange }: KeysStepProps) {
  const test = useMutation({ mutationFn: () => client.connections.tryOut(keysOf(draft)) })
  const lacking = lackingIn(draft, source, target)
  return (
    <>
      <section className={styles.section}>
        <h2>{source.name}</h2>
        <SideForm
          provider={source}
          settings={draft.sourceSettings}
          credentials={draft.sourceCredentials}
          kept={[]}
          onSettings={sourceSettings => onChange({ sourceSettings })}
          onCredentials={sourceCredentials => onChange({ sourceCredentials })}
        />
      </section>
      <section className={styles.section}>
        <h2>{target.name}</h2>
        <SideForm
          provider={target}
          settings={draft.targetSettings}
          credentials={draft.targetCredentials}
          kept={[]}
          onSettings={targetSettings => onChange({ targetSettings })}
          onCredentials={targetCredentials => onChange({ targetCredentials })}
        />
      </section>
      <div className={styles.actions}>
        <Button disabled={test.isPending || lacking.length > 0} onClick={() => test.mutate()}>
          {test.isPending ? 'Testing' : 'Test'}
        </Button>
        <span className="soft">
          Tries the keys at both. They are kept on this laptop and never shown again.
        </span>
      </div>
      {test.data && <TestResult result={test.data} source={source.name} target={target.name} />}
      <TroubleNote error={test.error} what="Not tested" />
    </>
  )
}
