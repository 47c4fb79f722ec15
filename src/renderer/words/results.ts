import type { PublishPreview, Result, ResultState, ResultsEvent } from '../../api/results.ts'
import { counted } from './numbers.ts'
import type { Said } from './said.ts'
import { ago, duration, inFuture } from './time.ts'

const STATES: Readonly<Record<ResultState, Said>> = {
  'not-published': { tone: 'info', words: 'not published' },
  published: { tone: 'good', words: 'published' },
  differs: { tone: 'warn', words: 'differs' },
  'too-fresh': { tone: 'plain', words: 'too fresh' },
  'in-doubt': { tone: 'warn', words: 'sent, no answer' },
  'no-registration': { tone: 'warn', words: 'unregistered' },
  refused: { tone: 'bad', words: 'refused' },
  left: { tone: 'warn', words: 'still there' },
  'not-yet': { tone: 'plain', words: 'no result yet' },
}

export const stateInWords = (state: ResultState): Said => STATES[state]

const STATUS: Readonly<Record<Result['resultStatus'], string>> = {
  finished: 'finished',
  running: 'running',
  dns: 'DNS',
  dnf: 'DNF',
  dq: 'DQ',
  unknown: 'no time',
}

export const resultStatusInWords = (result: Pick<Result, 'resultStatus' | 'withdrawnAt'>): string =>
  result.withdrawnAt === null ? STATUS[result.resultStatus] : 'withdrawn'

/** How many a publication sends, and how many runners the provider then tells. */
export function sentOf(
  preview: PublishPreview,
  corrections: boolean,
): { readonly results: number; readonly runners: number } {
  return {
    results: preview.added.count + (corrections ? preview.corrected.count : 0),
    runners: preview.notifiedOfNew + (corrections ? preview.notifiedOfCorrections : 0),
  }
}

/** "Pulled 2 min ago from CTLive, next in 3 min." */
export function pulledInWords(
  { pulledAt, nextPullAt }: Pick<ResultsEvent, 'pulledAt' | 'nextPullAt'>,
  scoring: string,
  now: number,
): string {
  const pulled =
    pulledAt === null ? `Never pulled from ${scoring}` : `Pulled ${ago(pulledAt, now)} from ${scoring}`
  return nextPullAt === null ? `${pulled}, not by itself now` : `${pulled}, next ${inFuture(nextPullAt, now)}`
}

/** "RunSignUp will notify 5,000 runners by mail or text." */
export const notifiedInWords = (provider: string, runners: number): string =>
  runners === 0
    ? `${provider} will notify no runner.`
    : `${provider} will notify ${counted(runners, 'runner')} by mail or text.`

/** About how long it takes at the pace that the provider is sent results. */
export const sendingTime = (preview: PublishPreview, results: number): string =>
  duration(Math.max(1000, results * preview.msPerResult))

const FIELDS: Readonly<Record<string, string>> = {
  place: 'place',
  clock_time: 'gun time',
  chip_time: 'chip time',
  bib_num: 'bib',
}

/** A provider's field as the crew says it; one this window does not know is shown as it is. */
export const resultField = (field: string): string => FIELDS[field] ?? field
