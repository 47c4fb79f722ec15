import { chipKey, contentIdentity } from '../../core/identity.ts'
import { wallToInstant } from '../../core/time.ts'
import { type FileFormat, refusal, wholeNumber } from './protocol.ts'

/** Firmwares differ in leading zeros only: `008` and `8` are one antenna, `-071` and `-71` one strength. */
const plain = (text: string): string => (/^-?\d{1,15}$/.test(text) ? String(Number(text)) : text.trim())

const UNIX = /^\d{9,11}(\.\d{1,3})?$/

/**
 * Reads of a ChronoTrack controller:
 * `TO~seq~tag~timerCode~eventCode~unixSeconds.hh~readerMac~antenna~rssi~readerSeq~type[~readCount]`.
 * The seconds are the box's wall clock encoded as if it were UTC: START1's markers say 07:09 where its reads begin at
 * 07:24 "UTC", in a race of which nothing happened at 07:24 UTC. Older firmware leaves the last field out.
 */
export const controllerFile: FileFormat = {
  name: 'chronotrack-controller',
  expected: 'lines like TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192',
  read(line, context, location) {
    const fields = line.split('~')
    if (fields[0] !== 'TO') return refusal('not a controller line, which begins with TO~')
    if (fields.length !== 11 && fields.length !== 12) {
      return refusal(`${fields.length} fields where a controller line has 11 or 12`)
    }
    const [, sequenceText, tag = '', , , time = '', mac = '', port = '', strength = ''] = fields
    const sequence = wholeNumber(sequenceText)
    if (sequence === null) return refusal(`the sequence "${sequenceText}" is not a number`)
    if (tag.trim() === '') return refusal('no chip')
    const rawTime = time.trim()
    const wall = UNIX.test(rawTime) ? Math.round(Number(rawTime) * 1000) : null
    const device = mac.trim().toUpperCase()
    const antenna = plain(port)
    const rssi = plain(strength)
    return {
      kind: 'read',
      read: {
        kind: 'chip',
        identity: contentIdentity({
          chip: tag,
          time: wall === null ? rawTime : String(wall),
          device,
          antenna,
          rssi,
        }),
        source: 'chronotrack-controller',
        device,
        streamId: null,
        streamLocation: location,
        sequence,
        chip: chipKey(tag),
        bibNumber: null,
        readAt: wall === null ? null : wallToInstant(wall, context.timezone),
        rawTime,
        timeProblem: wall === null ? `"${rawTime}" is not a time` : null,
        antenna: antenna === '' ? null : antenna,
        rssi: /^-?\d+$/.test(rssi) ? Number(rssi) : null,
        lap: null,
        raw: line,
      },
    }
  },
}

const MARKER = /^([0-9A-Za-z]{6}),(\d{1,9}),([^,]+),(\d{1,9}),(\d*),(.*)$/

/** `YYMMDDhhmmsscc` of a box's wall clock, in ms as if it were UTC; null if it is no such time. */
function parseMarkerTime(text: string): number | null {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hundredth = 0] = match
    .slice(1)
    .map(Number)
  const date = Date.UTC(2000 + year, month - 1, day)
  if (new Date(date).getUTCDate() !== day || month < 1 || month > 12) return null
  if (hour > 23 || minute > 59 || second > 60) return null
  return date + ((hour * 60 + minute) * 60 + second) * 1000 + hundredth * 10
}

/** The time that a marker line names as its value, ms as if it were UTC; null if that is no time. */
export const markedTime = (line: string): number | null => parseMarkerTime(MARKER.exec(line)?.[6] ?? '')

/** A controller's markers: `controllerMac,n,kind,nextCsvSeq,YYMMDDhhmmsscc,value`. Guns stand only here. */
export const markerFile: FileFormat = {
  name: 'chronotrack-marker',
  expected: 'lines like I11A9D,32,Gun,252,21050808005516,Button Press',
  read(line, context, location) {
    const match = MARKER.exec(line)
    if (!match) return refusal('not a marker line: controller,n,kind,next,YYMMDDhhmmsscc,value')
    const [, mac = '', count = '', name = '', , time = '', value = ''] = match
    const wall = parseMarkerTime(time)
    const device = mac.toUpperCase()
    const gun = name === 'Gun'
    return {
      kind: 'read',
      read: {
        kind: gun ? 'gun' : 'marker',
        identity: `m|${device}|${Number(count)}|${name}|${time}|${value}`,
        source: 'chronotrack-marker',
        device,
        streamId: null,
        streamLocation: location,
        sequence: Number(count),
        chip: gun ? 'guntime' : name,
        bibNumber: null,
        readAt: wall === null ? null : wallToInstant(wall, context.timezone),
        rawTime: time,
        timeProblem: wall === null ? `"${time}" is not a time` : null,
        antenna: null,
        rssi: null,
        lap: null,
        raw: line,
      },
    }
  },
}
