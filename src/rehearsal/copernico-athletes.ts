/** When somebody passed a split: ms from the gun, and from the own start; the moment is ms UTC. */
export interface Passing {
  readonly time: number
  readonly netTime: number
  readonly rawTime: number
}

/** Somebody in one event, with the fields that came along. */
export interface Athlete {
  readonly id: string
  readonly eventId: string
  readonly fields: Readonly<Record<string, string>>
  readonly status: string
  readonly passings: Readonly<Record<string, Passing>>
}

export interface CopernicoEvent {
  /** UUID. */
  readonly id: string
  readonly name: string
  /** In the order of the course; the last is the finish. */
  readonly splits: readonly string[]
}

/** What a preset shows of somebody, column by column, from what is known of them. */
export interface Preset {
  readonly login: string
  readonly name: string
  /** Column → a field, or `time`, `net`, `pos` of a split as `split:time`. */
  readonly columns: Readonly<Record<string, string>>
}

/** One race in Copernico's own database: its events, presets and people. */
export interface CopernicoRace {
  readonly id: string
  readonly slug: string
  readonly events: readonly CopernicoEvent[]
  readonly presets: readonly Preset[]
  /** [G] The same id again corrects what is there; what is not named stays. */
  register(eventId: string, id: string, fields: Readonly<Record<string, string>>): void
  remove(id: string): void
  setStatus(id: string, status: string): void
  /** Again: corrected. The last split finishes them. */
  pass(id: string, split: string, passing: Passing): void
  athlete(id: string): Athlete | undefined
  /** In the order they came. */
  athletesOf(eventId: string): readonly Athlete[]
  /** Places at a split by gun time: over all, of the gender, of the category. */
  ranking(athlete: Athlete, split: string): Readonly<Record<'pos' | 'posGen' | 'posCat', number>>
}

export function createCopernicoRace(
  parts: Pick<CopernicoRace, 'id' | 'slug' | 'events' | 'presets'>,
): CopernicoRace {
  const athletes = new Map<string, Athlete>()
  const known = (id: string): Athlete => {
    const athlete = athletes.get(id)
    if (athlete === undefined) throw new Error(`no athlete ${id}`)
    return athlete
  }
  const finishOf = (eventId: string): string | undefined =>
    parts.events.find(event => event.id === eventId)?.splits.at(-1)
  const athletesOf = (eventId: string): readonly Athlete[] =>
    [...athletes.values()].filter(athlete => athlete.eventId === eventId)

  return {
    ...parts,
    register(eventId, id, fields) {
      const before = athletes.get(id)
      athletes.set(id, {
        id,
        eventId,
        fields: { ...before?.fields, ...fields },
        status: before?.status ?? 'notstarted',
        passings: before?.passings ?? {},
      })
    },
    remove: id => void athletes.delete(id),
    setStatus: (id, status) => void athletes.set(id, { ...known(id), status }),
    pass(id, split, passing) {
      const before = known(id)
      const status = split === finishOf(before.eventId) ? 'finished' : 'started'
      athletes.set(id, { ...before, status, passings: { ...before.passings, [split]: passing } })
    },
    athlete: id => athletes.get(id),
    athletesOf,
    ranking(athlete, split) {
      const mine = athlete.passings[split]?.time
      const among = (same: (other: Athlete) => boolean): number =>
        mine === undefined
          ? 0
          : 1 +
            athletesOf(athlete.eventId).filter(
              other => same(other) && (other.passings[split]?.time ?? Number.POSITIVE_INFINITY) < mine,
            ).length
      return {
        pos: among(() => true),
        posGen: among(other => other.fields.gender === athlete.fields.gender),
        posCat: among(other => other.fields.category === athlete.fields.category),
      }
    },
  }
}
