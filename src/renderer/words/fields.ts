/** Our fields in words, by column name. */
const LABELS: Readonly<Record<string, string>> = {
  bib_number: 'Bib',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'E-mail',
  phone: 'Phone',
  date_of_birth: 'Date of birth',
  gender: 'Gender',
  age: 'Age',
  city: 'City',
  state: 'State',
  country: 'Country',
  emergency_contact: 'Emergency contact',
  race_distance: 'Distance, km',
  division: 'Division',
  team_name: 'Team',
  wave: 'Wave',
  registration_date: 'Registered on',
  chips: 'Chips',
  registration_status: 'Registration',
  participant_status: 'Status',
  checked_in_at: 'Check-in',
  race_status: 'Race status',
  note: 'Note',
}

export const fieldLabel = (field: string): string => LABELS[field] ?? field

/** A value of any field as text; "nothing" where there is none. */
export function valueInWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(String).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}
