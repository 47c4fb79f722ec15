import type { Outputs } from '../../../client.ts'
import { Note } from '../../../components/Note.tsx'
import { sentence, todoFor } from '../../../words/trouble.ts'

type Test = Outputs['connections']['test']

interface TestResultProps {
  readonly result: Test
  readonly source: string
  readonly target: string
}

/** What both sides answered. */
export function TestResult({ result, source, target }: TestResultProps) {
  return (
    <div role="status">
      <Side name={source} side={result.source} />
      <Side name={target} side={result.target} />
    </div>
  )
}

function Side({ name, side }: { readonly name: string; readonly side: Test['source'] }) {
  return (
    <Note tone={side.ok ? 'good' : 'bad'}>
      <b>
        {name}: {outcome(side)}.
      </b>{' '}
      {sentence([side.account, side.message, ...side.details].filter(Boolean).join(' · '))}{' '}
      {side.code === null ? '' : (todoFor(side.code) ?? '')}
      {side.code !== null && <small className="faint"> {side.code}</small>}
    </Note>
  )
}

function outcome(side: Test['source']): string {
  if (side.ok) return 'keys accepted'
  return side.code === 'provider.keys-refused' ? 'keys refused' : 'test failed'
}
