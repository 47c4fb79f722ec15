import { describe, expect, test } from 'vitest'
import { startPostgres } from '../../support/postgres.ts'
import { centralDatabase } from './old-platform.ts'

const postgres = startPostgres()

/** Every combination of the parts. */
const combined = (...parts: readonly (readonly string[])[]): readonly string[] =>
  parts.reduce<readonly string[]>((said, next) => said.flatMap(one => next.map(end => one + end)), [''])

/** What a wall-clock time written with a dashed date says; null: it is none. */
function wall(written: string): string | null {
  const [, year = '', month = '', day = '', clock = ''] =
    /^(\d{4})-(\d\d)-(\d\d)(?:.(.*))?$/.exec(written) ?? []
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (year === '' || year === '0000' || written.endsWith(' BC')) return null
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) return null
  const [, hour = '0', minute = '00', second = '00'] = /^(\d\d?):(\d\d)(?::(\d\d))?/.exec(clock) ?? []
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  return `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}:${second}`
}

/** How long a race took, ms. */
function raceMs(written: string): number | null {
  if (/^\d{1,7}(\.\d{1,6})?$/.test(written)) return Math.floor(Number(written) * 1000 + 0.5)
  const [, hours = '0', minutes, seconds] =
    /^(?:(\d{1,3}):)?(\d{1,2}):(\d\d(?:\.\d{1,6})?)$/.exec(written) ?? []
  if (minutes === undefined || seconds === undefined || Number(seconds) >= 60) return null
  return (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.floor(Number(seconds) * 1000 + 0.5)
}

describe('what the import reads of a text', () => {
  const read = async (reader: string, texts: readonly string[]): Promise<readonly (string | null)[]> => {
    const { client } = await centralDatabase(postgres)
    const { rows } = await client.query<{ said: string | null }>(
      `SELECT trackside.${reader}(written)::text AS said FROM unnest($1::text[]) WITH ORDINALITY AS one (written, n) ORDER BY n`,
      [texts],
    )
    return rows.map(({ said }) => said)
  }

  test('is a time of day of the calendar, or nothing', async () => {
    const texts = combined(
      ['2026', '2024', '0000', '20x6'],
      ['-'],
      ['01', '02', '12', '00', '13'],
      ['-'],
      ['01', '28', '29', '31', '00'],
      ['', 'T', ' '],
      ['', '08:00:00', '8:05', '23:59:59', '24:00:00', '10:60:00', '10:00:60', '1a:00:00', '07:30'],
      ['', '.123456', '+00:00', ' BC'],
    ).filter(text => !/[-T ]\d\d[.+]|\d{4}-\d\d-\d\d(\d|[.+])/.test(text))
    const said = await read('legacy_wall', texts)
    expect(texts.map((text, n) => [text, said[n]])).toEqual(texts.map(text => [text, wall(text)]))
    expect(said.filter(one => one !== null).length).toBeGreaterThan(300)
  })

  test('is how long a race took, or nothing', async () => {
    const texts = combined(
      ['', '0:', '00:', '12:', '123:', '1a:'],
      ['00', '24', '59', '60', '5', ':'],
      ['', ':'],
      ['', '10', '59', '60', '07', '7'],
      ['', '.', '.5', '.31', '.123456', '.1234567', 's'],
    )
    const said = await read('legacy_race_ms', texts)
    expect(texts.map((text, n) => [text, said[n] === null ? null : Number(said[n])])).toEqual(
      texts.map(text => [text, raceMs(text)]),
    )
    expect(said.filter(one => one !== null).length).toBeGreaterThan(200)
  })

  test('is a part of an id as the laptops write it', async () => {
    const texts = ['40000001', 'A-12', '3003/17', 'a b', 'Zoë', '%', "O'Brien!", '日本', 'x'.repeat(300), '']
    expect(await read('id_part', texts)).toEqual(texts.map(text => encodeURIComponent(text)))
  })

  test('is a whole number, or nothing', async () => {
    const texts = ['7', '0042', '+7', '-3', '3.00', '3.5', ' 4 ', '1234567890123456', 'A1', '', '²']
    expect(await read('legacy_integer', texts)).toEqual([
      '7',
      '42',
      '7',
      '-3',
      '3',
      null,
      '4',
      null,
      null,
      null,
      null,
    ])
  })
})
