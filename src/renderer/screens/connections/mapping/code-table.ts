import type { Transform } from '../../../../core/transforms.ts'

type Table = Extract<Transform, { kind: 'codes' }>['table']

/** One code a line: `F = female`; a tab between the two is what a spreadsheet pastes. */
export const codesOf = (text: string): Table =>
  text.split(/\r?\n/).flatMap(line => {
    if (line.trim() === '') return []
    const at = line.search(/[=\t]/)
    return at < 0
      ? [{ from: line.trim(), to: '' }]
      : [{ from: line.slice(0, at).trim(), to: line.slice(at + 1).trim() }]
  })

export const codesText = (table: Table): string => table.map(({ from, to }) => `${from} = ${to}`).join('\n')
