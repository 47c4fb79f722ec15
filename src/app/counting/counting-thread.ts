import { parentPort, workerData } from 'node:worker_threads'
import { isAppError } from '../../core/errors.ts'
import { openReadOnly } from '../../store/read-only.ts'
import type { Answered, Asked, CountingWork, Failed } from './count-aside.ts'
import { type Counting, createCounting } from './counting.ts'

// The thread of count-aside.ts: questions by name, each answered when it is. It ends when it is told `stop`.

const { file, nativeBinding } = workerData as CountingWork
const { reader, close } = openReadOnly(file, nativeBinding)
const counting = createCounting(reader, Date.now)

/** An error's class and fields do not come through as they are. */
const failed = (error: unknown): Failed => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (isAppError(error)) return { expected: true, code: error.code, message, retriable: error.retriable }
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  return { expected: false, code, message, stack }
}

async function answerTo({ id, name, of }: Asked): Promise<Answered> {
  try {
    // The caller's types say that these fit each other.
    const work = counting[name] as (...of: readonly unknown[]) => Promise<unknown>
    return { id, answer: (await work(...of)) as Awaited<ReturnType<Counting[typeof name]>> }
  } catch (error) {
    return { id, failed: failed(error) }
  }
}

parentPort?.on('message', async (asked: Asked | 'stop') => {
  if (asked !== 'stop') return parentPort?.postMessage(await answerTo(asked))
  close()
  process.exit()
})
