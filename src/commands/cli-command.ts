import type { App } from '../app/app.ts'
import type { Client } from '../server/client.ts'

export interface CliValues {
  readonly full: boolean
  readonly operation: string | undefined
  readonly raceDay: string | undefined
  readonly session: string | undefined
  readonly location: string | undefined
  /** `chip=Tag,time=Time`: which columns of a CSV file are what. */
  readonly columns: string | undefined
  readonly format: string | undefined
  readonly to: string | undefined
  readonly withKeys: boolean
  readonly drill: boolean
  readonly repair: boolean
  readonly anyway: boolean
  readonly connection: string | undefined
  /** `name=value`, never a secret. */
  readonly setting: readonly string[]
  readonly live: boolean
  readonly event: string | undefined
  readonly write: boolean
  readonly bib: string | undefined
  readonly registration: string | undefined
  readonly publish: boolean
  /** Of a database. */
  readonly url: string | undefined
  /** Of the existing platform's database, where it is another. */
  readonly from: string | undefined
  readonly partner: string | undefined
  /** Where laptops find the central database, if not where its owner does. */
  readonly host: string | undefined
  /** A file with the authority of its certificate. */
  readonly ca: string | undefined
  /** Laptops take the certificate that it shows now, and no other. */
  readonly pin: boolean
  /** Into how many parts a new central database is cut by partner. */
  readonly partitions: string | undefined
  /** Of a laptop or a person. */
  readonly name: string | undefined
  readonly reason: string | undefined
}

export interface CliParts {
  readonly client: Client
  /** Null when the app runs in another process. */
  readonly app: App | null
  readonly dataFolder: string
  readonly words: readonly string[]
  readonly values: CliValues
}

/** What a command found or did: for programs, for people, and whether it worked. */
export interface CliAnswer {
  readonly data: unknown
  readonly lines: readonly string[]
  readonly ok: boolean
}

export interface CliCommand {
  /** As it is typed, e.g. `sync run CONNECTION`; capitals are given by the user. */
  readonly usage: string
  readonly help: string
  /** It needs no data folder that is there already. */
  readonly makesFolder?: true
  readonly run: (parts: CliParts) => Promise<CliAnswer>
}

/** A command for which the app is not opened: it puts another database in the place of the app's. */
export interface AloneCommand extends Pick<CliCommand, 'usage' | 'help'> {
  readonly alone: (parts: Pick<CliParts, 'dataFolder' | 'words' | 'values'>) => Promise<CliAnswer>
}
