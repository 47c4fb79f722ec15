import type { ClientBase, Submittable } from 'pg'

/** What pg's connection offers a query that copies in; its types leave these out. */
interface CopyConnection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
  readonly stream: NodeJS.EventEmitter & { readonly writableNeedDrain?: boolean }
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** No value, as COPY's text format says it. */
export const NO_VALUE = '\\N'

/** A value as COPY's text format has it. */
export const copyValue = (value: string): string =>
  /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, sign => ESCAPED[sign] ?? sign) : value

/**
 * COPY … FROM STDIN on pg's own connection.
 * @param texts lines of COPY's text format, each ended, some at a time: the server takes them in while the next are made
 */
export function copyIn(
  client: ClientBase,
  statement: string,
  texts: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown = null
    const send = async (connection: CopyConnection): Promise<void> => {
      const drained = (): Promise<void> =>
        new Promise(go => {
          const on = (): void => {
            connection.stream.off('drain', on)
            connection.stream.off('close', on)
            go()
          }
          connection.stream.on('drain', on)
          connection.stream.on('close', on)
        })
      try {
        for await (const text of texts) {
          if (failure !== null) return
          connection.sendCopyFromChunk(Buffer.from(text))
          if (connection.stream.writableNeedDrain === true) await drained()
        }
        connection.endCopyFrom()
      } catch (error) {
        failure = error
        connection.sendCopyFail('the rows could not be read')
      }
    }
    // pg calls these as the server's messages come.
    const query = {
      submit: (connection: CopyConnection) => connection.query(statement),
      handleCopyInResponse: (connection: CopyConnection) => void send(connection),
      handleCommandComplete() {},
      handleRowDescription() {},
      handleDataRow() {},
      handleEmptyQuery() {},
      handleError: (error: unknown) => {
        failure ??= error
        reject(failure)
      },
      handleReadyForQuery: () => (failure === null ? resolve() : reject(failure)),
    }
    client.query(query as unknown as Submittable)
  })
}
