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

/** A value as COPY's text format has it. */
export const copyValue = (value: string | null): string =>
  value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, sign => ESCAPED[sign] ?? sign)

/** Lines are sent by so many characters. */
const CHUNK = 65_536

/**
 * COPY … FROM STDIN on pg's own connection.
 * @param lines values of a row in the order of the statement's columns
 */
export function copyIn(
  client: ClientBase,
  statement: string,
  lines: Iterable<readonly (string | null)[]>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown = null
    const send = async (connection: CopyConnection): Promise<void> => {
      let text = ''
      const flush = async (): Promise<void> => {
        connection.sendCopyFromChunk(Buffer.from(text))
        text = ''
        if (connection.stream.writableNeedDrain === true)
          await new Promise<void>(go => {
            const on = (): void => {
              connection.stream.off('drain', on)
              connection.stream.off('close', on)
              go()
            }
            connection.stream.on('drain', on)
            connection.stream.on('close', on)
          })
      }
      try {
        for (const line of lines) {
          text += `${line.map(copyValue).join('\t')}\n`
          if (text.length > CHUNK) await flush()
        }
        if (text !== '') await flush()
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
