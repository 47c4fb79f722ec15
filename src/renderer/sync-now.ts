import { client } from './client.ts'
import { troubleOf } from './words/trouble.ts'

type Run = Parameters<typeof client.sync.manual>[0]

/** Runs a connection; where another laptop may be at it, whoever asks is asked back first. */
export async function syncNow(run: Run): Promise<Awaited<ReturnType<typeof client.sync.manual>>> {
  try {
    return await client.sync.manual(run)
  } catch (error) {
    const { code, message } = troubleOf(error)
    if (code !== 'sync.elsewhere' || !window.confirm(`${message}\n\nSync here all the same?`)) throw error
    return client.sync.manual({ ...run, anyway: true })
  }
}
