import type { ParticipantValues } from '../core/model.ts'
import type { Row } from './tables.ts'

/** The source of a walk-up. */
export const BY_HAND = 'by-hand'

type ParticipantRow = Row<'normalized_participants'>

/** The columns a source fills. */
export type ParticipantColumns = Pick<
  ParticipantRow,
  | 'bibNumber'
  | 'firstName'
  | 'lastName'
  | 'email'
  | 'phone'
  | 'dateOfBirth'
  | 'gender'
  | 'age'
  | 'city'
  | 'state'
  | 'country'
  | 'emergencyContact'
  | 'raceDistance'
  | 'division'
  | 'teamName'
  | 'wave'
  | 'registrationDate'
  | 'chips'
  | 'registrationStatus'
>

export const columnsOf = (values: ParticipantValues): ParticipantColumns => ({
  bibNumber: values.bib_number,
  firstName: values.first_name,
  lastName: values.last_name,
  email: values.email,
  phone: values.phone,
  dateOfBirth: values.date_of_birth,
  gender: values.gender,
  age: values.age,
  city: values.city,
  state: values.state,
  country: values.country,
  emergencyContact: values.emergency_contact,
  raceDistance: values.race_distance,
  division: values.division,
  teamName: values.team_name,
  wave: values.wave,
  registrationDate: values.registration_date,
  chips: values.chips,
  registrationStatus: values.registration_status,
})

export const valuesOf = (row: ParticipantColumns): ParticipantValues => ({
  bib_number: row.bibNumber,
  first_name: row.firstName,
  last_name: row.lastName,
  email: row.email,
  phone: row.phone,
  date_of_birth: row.dateOfBirth,
  gender: row.gender,
  age: row.age,
  city: row.city,
  state: row.state,
  country: row.country,
  emergency_contact: row.emergencyContact,
  race_distance: row.raceDistance,
  division: row.division,
  team_name: row.teamName,
  wave: row.wave,
  registration_date: row.registrationDate,
  chips: row.chips,
  registration_status: row.registrationStatus,
})

/** Somebody's name as screens say it. */
export const nameOf = (person: {
  readonly firstName: string | null
  readonly lastName: string | null
}): string => [person.firstName, person.lastName].filter(Boolean).join(' ') || '(no name)'
