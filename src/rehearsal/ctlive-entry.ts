import type { Fields } from './scoring.ts'

const dateFields = ['athlete_birthdate']
/** [G] The names under which an entry may carry its own fields; others are passed over, as most APIs do. */
const taken = /^(entry|athlete|location|team)_[a-z_]+$|^(race_id|reg_choice_name|wave_name|bracket_name)$/
const given = ['entry_id', 'athlete_id', 'entry_name']

/** One JSON object out of a request's body: [G] numbers become strings, null becomes blank. */
export function readEntry(body: string): { readonly fields: Fields } | { readonly problem: string } {
  const value = parse(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'the body is not one JSON object' }
  const fields: Record<string, string> = {}
  for (const [name, field] of Object.entries(value)) {
    if (!taken.test(name) || given.includes(name)) continue
    if (field === null) fields[name] = ''
    else if (typeof field === 'string' || typeof field === 'number') fields[name] = String(field)
    else return { problem: `${name} is not a text` }
  }
  for (const name of dateFields)
    if (fields[name] && !isDate(fields[name])) return { problem: `${name} is not a date YYYY-MM-DD` }
  if (fields.athlete_sex && !['M', 'F', 'X'].includes(fields.athlete_sex))
    return { problem: 'athlete_sex is none of M, F, X' }
  return { fields }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
