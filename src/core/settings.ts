/** What a provider asks of a user, from which every form is made. Secret ones go to the keychain. */
export interface Setting {
  /** Key in settings or credentials, snake_case as it stands in the API. */
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly required: boolean
  /** Where the user finds it, or what happens without it. */
  readonly help?: string
  readonly placeholder?: string
  /** Several lines are written into it. */
  readonly lines?: true
}

/** How sure we are that an operation works as we do it: by the vendor's page, seen in others' clients, or a guess. */
export type Evidence = 'documented' | 'observed' | 'inferred'

export type Operation =
  | 'check'
  | 'events'
  | 'participants'
  | 'ensure-event'
  | 'push'
  | 'read-back'
  | 'file'
  | 'results'
  | 'publish'
  | 'results-file'
  | 'write-back'

export interface RateLimit {
  readonly calls: number
  readonly perMs: number
}
