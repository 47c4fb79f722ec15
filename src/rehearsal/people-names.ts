/** What makePeople draws from: spellings that break careless software, and zip codes that start with 0. */

export const womensNames = [
  'Emma',
  'Zoë',
  'Renée',
  'Siobhán',
  'Mary-Kate',
  'Þóra',
  'Łucja',
  'Nguyệt',
  'Anaïs',
  'Beyza',
  'Chloé',
  'D’Arcy',
  'Gwen',
  'Hannah',
  'Inês',
  'Jiayi',
  'Katarzyna',
  'Leilani',
  'María José',
  'Noor',
  'Olivia',
  'Priya',
  'Rosa',
  'Saoirse',
  'Tess',
  'Ulla',
  'Valentina',
  'Wendy',
  '美咲',
  '秀英',
] as const

export const mensNames = [
  'Liam',
  'José',
  'Jean-Luc',
  'Søren',
  'Björn',
  'D’Angelo',
  'Mateus',
  'Ömer',
  'Paweł',
  'Andrés',
  'Brian',
  'Conor',
  'Dmitri',
  'Efraín',
  'François',
  'Giovanni',
  'Hiroshi',
  'Ibrahim',
  'Jürgen',
  'Kofi',
  'Lars',
  'Marcus',
  'Niall',
  'Oisín',
  'Quang',
  'Rafał',
  'Thomas',
  'Víctor',
  '健太',
  '伟',
] as const

export const anyonesNames = ['Alex', 'Robin', 'Sam', 'Jules', 'Kai', 'Rowan', 'Noa', 'Andréa'] as const

export const lastNames = [
  'Smith',
  'O’Brien',
  "O'Neill",
  'García-López',
  'Müller',
  'Nguyễn',
  'D’Amico',
  'van der Berg',
  'St. Clair',
  'McDonald',
  'Łukaszewicz',
  'Ødegård',
  'Þorsteinsdóttir',
  'Ñáñez',
  'Kowalczyk',
  'Smith-Jones',
  'Lefèvre',
  'Johnson',
  'Brown',
  'Lee',
  'Wright',
  'Hernández',
  'Papadopoulos',
  'Şahin',
  'Dvořák',
  'Castellanos',
  'Fitzgerald',
  'Okonkwo',
  'Ng',
  'Wu',
  'Yamamoto',
  'Patel',
  'Kim',
  'Silva',
  'Gonçalves',
  'Andersson',
  'Whitfield',
  'de la Cruz',
  '佐藤',
  '王',
] as const

interface Place {
  readonly city: string
  readonly state: string
  readonly zip: string
  readonly country: string
  readonly areaCode: string
}

const place = (city: string, state: string, zip: string, areaCode: string, country = 'US'): Place => ({
  city,
  state,
  zip,
  areaCode,
  country,
})

export const places: readonly [Place, ...Place[]] = [
  place('Winchester', 'MA', '01890', '781'),
  place('Moorestown', 'NJ', '08057', '856'),
  place('Portland', 'ME', '04101', '207'),
  place('Coeur d’Alene', 'ID', '83814', '208'),
  place('New York', 'NY', '10011-1304', '212'),
  place('Winston-Salem', 'NC', '27101', '336'),
  place('San José', 'CA', '95112', '408'),
  place('Cañon City', 'CO', '81212', '719'),
  place('Saint Paul', 'MN', '55101', '651'),
  place('Mayagüez', 'PR', '00680', '787'),
  place('Montréal', 'QC', 'H2X 1Y4', '514', 'CA'),
  place('Charleston', 'SC', '29401', '843'),
  place('Louisville', 'KY', '40202', '502'),
  place('Oʻahu', 'HI', '96813', '808'),
]

export const streets = [
  'Main St',
  'Harbor Rd',
  'Queen’s Way',
  'Calle Ocho',
  'Old Mill Ln',
  'Rue St-Denis',
] as const
export const teams = [
  'Harbor Striders',
  'Crème de la Crew',
  'Tom & Jerry’s "A" Team',
  'Run, Forest, Run',
  'Équipe Nord',
] as const
export const shirts = ['XS', 'S', 'M', 'L', 'XL', '2XL', "Women's M", 'No shirt, thanks'] as const
export const divisions = [
  'Open',
  'Open',
  'Open',
  'Masters',
  'Military',
  'First responder',
  'Visually impaired',
] as const
