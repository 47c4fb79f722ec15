import { TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import styles from './SignIn.module.css'

async function signIn(token: string): Promise<string | null> {
  try {
    const answer = await fetch('/sign-in', {
      method: 'POST',
      credentials: 'same-origin',
      body: new URLSearchParams({ token }),
    })
    if (answer.ok) return null
    return answer.status === 401 || answer.status === 403
      ? 'This token is not known. Paste the whole token, without spaces.'
      : `The server answered ${answer.status}. Try again.`
  } catch {
    return 'The server does not answer. See whether it still runs.'
  }
}

/** A browser that the server does not know yet. */
export function SignIn() {
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    const failed = await signIn(token.trim())
    setBusy(false)
    setProblem(failed)
    if (failed === null) window.location.assign('/')
  }
  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={event => void submit(event)}>
        <h1>Sign in to Trackside</h1>
        <p className="soft">
          Open the address that the server printed when it started, or paste its token here.
        </p>
        <TextInput
          label="Token"
          value={token}
          onChange={event => setToken(event.currentTarget.value)}
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        {problem !== null && (
          <div role="alert">
            <Note tone="bad">
              <b>Not signed in.</b> {problem}
            </Note>
          </div>
        )}
        <Button kind="main" submit disabled={busy || token.trim() === ''}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
