const SEPARATORS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
}

/** What stands between the cells of a table. */
export const separatorInWords = (delimiter: string): string => SEPARATORS[delimiter] ?? delimiter

export type ReadsFormat = 'chronotrack-controller' | 'ctff01' | 'csv'

/** What a file of reads is, by how its first lines begin. */
export function formatOf(beginning: string): ReadsFormat {
  const lines = beginning.split(/\r\n|\r|\n/).filter(line => line.trim() !== '')
  if (lines.some(line => /^TO~/.test(line) || /^[0-9A-Za-z]{6},\d{1,9},[^,]+,\d{1,9},\d{14},/.test(line)))
    return 'chronotrack-controller'
  return lines.some(line => /^CT01_/.test(line)) ? 'ctff01' : 'csv'
}
