interface Versioned {
  readonly sourceVersion: number | null
}

/**
 * The version a row is stored under. A source that stops saying one, or that gives back what it had withdrawn, must not
 * put the row behind the one that other laptops hold.
 */
export const latestVersion = (before: Versioned | null, said: Versioned): number | null =>
  before?.sourceVersion == null || said.sourceVersion === null
    ? (said.sourceVersion ?? before?.sourceVersion ?? null)
    : Math.max(before.sourceVersion, said.sourceVersion)
