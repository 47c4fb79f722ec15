/** A timing company's database, or the hub of a site. */
export type PeerKind = 'central' | 'hub'

interface PeerWords {
  /** Where a sentence begins. */
  readonly The: string
  readonly the: string
  /** Whom to ask there. */
  readonly keeper: string
}

/** What messages call a peer: the crew beside a hub can do something about it that a company's database needs an office for. */
export const PEER_WORDS: Readonly<Record<PeerKind, PeerWords>> = {
  central: {
    The: 'The central database',
    the: 'the central database',
    keeper: 'whoever runs the central database',
  },
  hub: {
    The: 'The hub',
    the: 'the hub',
    keeper: 'whoever has the hub',
  },
}
