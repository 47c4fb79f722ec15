/** A chip or bib number as it is compared: `009573` and `9573` are one chip, `kv8658` and `KV8658` too. */
export function chipKey(chip: string): string {
  const text = chip.trim().toUpperCase()
  return text.startsWith('0') && /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text
}

/** A bib as it is compared. Unlike a chip it keeps leading zeros: 007 may be somebody else than 7. */
export const bibKey = (bib: string): string => bib.trim().toUpperCase()

/** What a stream says of a read: the same line delivered again is the same read. */
export const streamIdentity = (read: {
  readonly device: string
  readonly streamId: string
  readonly streamLocation: string
  readonly sequence: number
}): string => `s|${read.device}|${read.streamId}|${read.streamLocation}|${read.sequence}`

/**
 * What a file says of a read. Neither the file's name, nor its line number, nor the location it was imported as
 * is part of it: a longer second download of the same box adds only what is new.
 */
export const contentIdentity = (read: {
  readonly chip: string
  readonly time: string
  readonly device: string
  readonly antenna: string
  readonly rssi: string
}): string => `c|${chipKey(read.chip)}|${read.time}|${read.device}|${read.antenna}|${read.rssi}`

/** A name as it is searched: without accents, case and punctuation. `Zoë Müller-Ortiz` is `zoe muller ortiz`. */
export function foldName(name: string): string {
  // Most names have nothing to fold, and what Unicode asks of them takes five times as long.
  if (!/[^ -~]/.test(name))
    return name
      .toLowerCase()
      .replace(/['`]/g, '')
      .replace(/[^a-z0-9]+/g, ' ')
      .trim()
  return name
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[ßøłđðþæœı]/g, letter => FOLDED[letter] ?? letter)
    .replace(/['’ʼ`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
}
