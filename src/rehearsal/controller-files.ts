import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A read out of a controller's .csv. */
interface ControllerRead {
  /** The folder's name: what a box says of itself is often where it stood before. */
  readonly location: string
  readonly seq: number
  /** As written: some boxes pad with zeros, some don't. */
  readonly tag: string
  /** The box's wall clock as if it were UTC, ms. */
  readonly boxTime: number
  readonly readerId: string
  readonly gator: number
}

/** A gun out of a controller's .mrk; nowhere else are guns kept. */
interface ControllerGun {
  readonly location: string
  readonly boxTime: number
}

export interface ControllerDay {
  readonly locations: readonly string[]
  /** In time order, as the boxes wrote them within one hundredth. */
  readonly reads: readonly ControllerRead[]
  readonly guns: readonly ControllerGun[]
}

/** Everything under `folder`, which holds one folder a location. Lines that are no read are passed over. */
export function readControllerFiles(folder: string): ControllerDay {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(folder, name)).map(file => ({
        location: name,
        kind: file.slice(-4).toLowerCase(),
        text: readFileSync(join(folder, name, file), 'utf8'),
      })),
    )
  const linesOf = (kind: string) =>
    files
      .filter(file => file.kind === kind)
      .flatMap(({ location, text }) => text.split(/\r?\n/).map(line => ({ location, line })))

  const reads = linesOf('.csv').flatMap(({ location, line }) => readOf(location, line) ?? [])
  const guns = linesOf('.mrk').flatMap(({ location, line }) => gunOf(location, line) ?? [])
  return {
    locations: [...new Set(files.map(file => file.location))],
    reads: reads.sort((a, b) => a.boxTime - b.boxTime),
    guns: guns.sort((a, b) => a.boxTime - b.boxTime),
  }
}

/** The chip's number without the zeros a box puts before it. */
export function chipNumber(tag: string): string {
  return tag.replace(/^0+(?=.)/, '')
}

function readOf(location: string, line: string): ControllerRead | null {
  const [mark, seq, tag, , , seconds, readerId, gator] = line.split('~')
  const hundredths = /^(\d+)\.(\d\d)$/.exec(seconds ?? '')
  if (mark !== 'TO' || !seq || !tag || !readerId || !gator || !hundredths) return null
  return {
    location,
    seq: Number(seq),
    tag,
    boxTime: Number(hundredths[1]) * 1000 + Number(hundredths[2]) * 10,
    readerId,
    gator: Number(gator),
  }
}

/** controllerMac,n,kind,nextCsvSeq,YYMMDDhhmmsscc,value */
function gunOf(location: string, line: string): ControllerGun | null {
  const [, , kind, , stamp = ''] = line.split(',')
  if (kind !== 'Gun' || !/^\d{14}$/.test(stamp)) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hundredth = 0] = (
    stamp.match(/\d\d/g) ?? []
  ).map(Number)
  return { location, boxTime: Date.UTC(2000 + year, month - 1, day, hour, minute, second, hundredth * 10) }
}
