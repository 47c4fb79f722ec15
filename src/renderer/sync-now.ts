import { client } from './client.ts'
import { useAsking } from './state/asking.ts'
import { troubleOf } from './words/trouble.ts'

const agreed = (words: string): Promise<boolean> =>
  useAsking.getState().ask({ title: 'Take it over?', words, yes: 'Take it over', no: 'Leave it there' })

/** Where another laptop may be sending for a connection, whoever asks is asked back first. */
export async function takingOver<T>(run: (anyway: boolean) => Promise<T>): Promise<T> {
  try {
    return await run(false)
  } catch (error) {
    const { code, message } = troubleOf(error)
    if (code !== 'sync.elsewhere' || !(await agreed(message))) throw error
    return run(true)
  }
}

type Run = Parameters<typeof client.sync.manual>[0]

export const syncNow = (run: Run): ReturnType<typeof client.sync.manual> =>
  takingOver(anyway => client.sync.manual({ ...run, anyway }))
