import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type AppError, isAppError } from '../../src/core/errors.ts'
import type { Page, ProviderContext } from '../../src/providers/provider.ts'

export const CANARY = { api_key: 'canary-key-7f3a', api_secret: 'canary-secret-9c1e' } as const
export const LOGIN = {
  client_id: 'canary-client',
  user_id: 'canary@example.com',
  password: 'canary-password',
} as const

export interface Budget {
  spent: number
}

export function contextFor(
  parts: Partial<ProviderContext> & { readonly budget?: Budget } = {},
): ProviderContext {
  const { budget, ...given } = parts
  return {
    settings: {},
    credentials: CANARY,
    fetch,
    clock: Date.now,
    signal: new AbortController().signal,
    async spend() {
      if (budget) budget.spent += 1
    },
    ...given,
  }
}

export type Answering = (url: URL, response: ServerResponse, request: IncomingMessage) => void

/** A web server that answers as the test says, until the test ends. Returns its address and the paths asked. */
export async function answering(
  answer: Answering,
): Promise<{ readonly url: string; readonly asked: readonly URL[] }> {
  const asked: URL[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    asked.push(url)
    answer(url, response, request)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

export const sendJson = (
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export async function pagesOf<T>(pages: AsyncIterable<Page<T>>): Promise<Page<T>[]> {
  const all: Page<T>[] = []
  for await (const page of pages) all.push(page)
  return all
}

/** The AppError something ends with. Also looks for keys in every text it carries. */
export async function troubleOf(work: () => Promise<unknown> | unknown): Promise<AppError> {
  try {
    await work()
  } catch (error) {
    if (!isAppError(error)) throw error
    const everything = JSON.stringify([error.message, error.stack, error.details, String(error.cause ?? '')])
    if (/canary/i.test(everything)) throw new Error(`a key is in the error: ${everything}`)
    return error
  }
  throw new Error('nothing went wrong')
}
