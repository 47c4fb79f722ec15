import type { Outputs } from '../../../client.ts'
import { Note } from '../../../components/Note.tsx'
import { todoFor } from '../../../words/trouble.ts'

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
        {name}: {side.ok ? 'keys accepted' : 'not reached'}.
      </b>{' '}
      {[side.account, side.message, ...side.details].filter(Boolean).join(' · ')}{' '}
      {side.code === null ? '' : (todoFor(side.code) ?? '')}
      {side.code !== null && <small className="faint"> {side.code}</small>}
    </Note>
  )
}
