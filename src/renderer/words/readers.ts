import type { ReaderAlarm, ReaderNotice, ReaderShown, ReadersStatus } from '../../api/readers.ts'
import { count, counted, percent } from './numbers.ts'
import type { Tone } from './said.ts'
import { ago, duration } from './time.ts'

type Door = ReadersStatus['doors'][number]

const PROTOCOLS: Readonly<Record<Door['protocol'], string>> = {
  ctp01: 'ChronoTrack (CTP01)',
  mylaps: 'MYLAPS Timing & Scoring',
  'race-result': 'RACE RESULT',
}

export const protocolName = (protocol: Door['protocol']): string => PROTOCOLS[protocol]

export interface StateWords {
  readonly tone: Tone
  readonly words: string
}

/** How a door stands, and what to do. */
export function doorInWords({ state, port, message }: Door): StateWords {
  switch (state) {
    case 'listening':
      return { tone: 'good', words: `listening on port ${port ?? '?'}` }
    case 'stopped':
      return { tone: 'plain', words: 'closed: no port was given at the start' }
    case 'failed':
      return { tone: 'bad', words: message ?? 'the port could not be opened' }
  }
}

/** A reader's state, with since when where that matters. */
export function readerState(reader: ReaderShown, now: number): StateWords {
  switch (reader.state) {
    case 'greeting':
      return { tone: 'info', words: 'connecting' }
    case 'streaming':
      return { tone: 'good', words: 'connected' }
    case 'silent':
      return { tone: 'warn', words: `silent for ${duration(now - reader.lastHeardAt)}` }
    case 'gone':
      return {
        tone: 'bad',
        words: reader.disconnectedAt === null ? 'gone' : `gone for ${duration(now - reader.disconnectedAt)}`,
      }
  }
}

/** "3.2 s behind"; "right" within a tenth. */
export function clockInWords(behindMs: number): string {
  if (Math.abs(behindMs) < 100) return 'right'
  return `${duration(Math.abs(behindMs))} ${behindMs > 0 ? 'behind' : 'ahead'}`
}

/** "Numbers 812 to 840 of finish are missing: 29 reads". */
export function noticeInWords(
  notice: Pick<ReaderNotice, 'kind' | 'device' | 'location' | 'from' | 'to'>,
): string {
  const { kind, from, to } = notice
  const where = notice.location ?? notice.device
  if (kind === 'restart') return `${where} began again at ${count(to)} after ${count(from)}`
  if (from === to) return `Number ${count(from)} of ${where} is missing: 1 read`
  return `Numbers ${count(from)} to ${count(to)} of ${where} are missing: ${counted(to - from + 1, 'read')}`
}

export interface AlarmWords {
  readonly words: string
  readonly todo: string
}

/** What is wrong, and what to do about it. */
export function alarmInWords(alarm: ReaderAlarm, now: number): AlarmWords {
  const { device } = alarm
  const where = alarm.location === null || alarm.location === device ? '' : ` (${alarm.location})`
  switch (alarm.code) {
    case 'unknown-climbing': {
      const before = alarm.shareBefore === null ? '' : `, ${percent(alarm.shareBefore)} before`
      return {
        words: `${count(alarm.unknown)} of the last ${counted(alarm.reads, 'read')} of ${device}${where} are nobody’s: ${percent(alarm.share)}${before}`,
        todo: 'Look whether the chip file is the right one, and whose bibs these are.',
      }
    }
    case 'clock-off': {
      const off = duration(Math.abs(alarm.behindMs))
      const how = alarm.behindMs > 0 ? 'behind' : 'ahead of'
      return {
        words: `Reader ${device}${where} is ${off} ${how} this laptop`,
        todo: 'Set its clock, or give it an offset under Clocks.',
      }
    }
    case 'gap':
      return {
        words: noticeInWords({ ...alarm, kind: 'gap' }),
        todo: 'Ask the reader again. If it has none of them, import its file or wave it off.',
      }
    case 'numbers-restarted':
      return {
        words: noticeInWords({ ...alarm, kind: 'restart' }),
        todo: 'Its reads are kept as those of a new run. Wave it off when the box was started anew.',
      }
    case 'silent':
      return {
        words: `${device}${where} is connected and says nothing`,
        todo: 'Look at the box and at its cable.',
      }
    case 'gone': {
      const last = alarm.lastReadAt === null ? 'no read yet' : `last read ${ago(alarm.lastReadAt, now)}`
      return {
        words: `${device}${where} is gone, ${last}`,
        todo: 'It comes back by itself and brings what is missing. Look at power, cable and Wi-Fi.',
      }
    }
  }
}
