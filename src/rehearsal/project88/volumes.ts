/** How many rows the existing platform's tables hold. */
export interface Volumes {
  readonly partners: number
  readonly runsignupEvents: number
  readonly runsignupPeople: number
  readonly runsignupResults: number
  /** ChronoTrack's races: two an event of its. */
  readonly races: number
  readonly entries: number
  /** One a bracket. */
  readonly bracketResults: number
}

/** 13 partners, 13,819 events, 2.42 million participants and 7.64 million results, as the platform has them. */
const PLATFORM: Volumes = {
  partners: 13,
  runsignupEvents: 5_219,
  runsignupPeople: 500_000,
  runsignupResults: 340_000,
  races: 8_600,
  entries: 1_920_000,
  bracketResults: 7_300_000,
}

/** A share of the platform's load, its partners aside. */
export const volumesOf = (percent: number): Volumes => {
  const share = (full: number): number => Math.max(1, Math.round((full * percent) / 100))
  return {
    partners: PLATFORM.partners,
    runsignupEvents: Math.max(PLATFORM.partners * 2, share(PLATFORM.runsignupEvents)),
    runsignupPeople: share(PLATFORM.runsignupPeople),
    runsignupResults: share(PLATFORM.runsignupResults),
    races: Math.max(PLATFORM.partners * 4, share(PLATFORM.races)),
    entries: share(PLATFORM.entries),
    bracketResults: share(PLATFORM.bracketResults),
  }
}
