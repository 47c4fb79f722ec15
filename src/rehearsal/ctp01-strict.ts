/** A tag line's fields as a scoring program stores them. */
export interface TagFields {
  readonly sequence: number
  readonly location: string
  readonly tag: string
  readonly time: string
  readonly lap: string
  readonly readerId: string
  readonly gator: string
}

/** Time formats of the option table. */
export const TIME_SHAPES: Readonly<Record<string, RegExp>> = {
  normal: /^\d{2,3}:[0-5]\d:[0-5]\d\.\d\d$/,
  iso: /^\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d\.\d\d$/,
  unix: /^\d{9,10}\.\d\d$/,
  msecs: /^\d{1,8}$/,
}

/** The vendor's field table, limits included. Answers what is wrong with a line where it breaks them. */
export function readStrictly(line: string, timeFormat: string): TagFields | string {
  const fields = line.split('~')
  if (fields.length !== 8) return `${fields.length} fields`
  const [format = '', seq = '', location = '', tag = '', time = '', lap = '', readerId = '', gator = ''] =
    fields
  if (format !== 'CT01_33') return `format ${format}`
  if (!/^[1-9]\d{0,5}$/.test(seq)) return `sequence ${seq}`
  if (!/^[^,;~|\t\0]{1,16}$/.test(location)) return `location ${location}`
  if (!/^[^,;~|\t\0]{1,8}$/.test(tag) && tag !== 'guntime' && tag !== 'newlocation') return `tag ${tag}`
  if (!TIME_SHAPES[timeFormat]?.test(time)) return `time ${time} is not ${timeFormat}`
  if (!/^\d{1,3}$/.test(lap)) return `lap ${lap}`
  if (!/^[0-9A-Fa-f]{6}$/.test(readerId)) return `reader ${readerId}`
  if (!/^\d{1,2}$/.test(gator)) return `gator ${gator}`
  return { sequence: Number(seq), location, tag, time, lap, readerId, gator }
}
