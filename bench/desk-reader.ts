import { createCtp01Client } from '../src/rehearsal/ctp01-client.ts'

/**
 * A start mat and four more on the course, in a process of their own: everybody's start at once, then so many reads
 * a second: `desk-reader.ts PORT PEOPLE CHIP_PREFIX PER_SECOND`.
 */
const [port, people, prefix, perSecond] = process.argv.slice(2)
if (port === undefined || people === undefined || prefix === undefined || perSecond === undefined)
  process.exit(2)

const PLACES = ['Start', '10K', 'Half', '30K', 'Finish']
/** Of so many reads one is of the runner who stands at the help desk, and one of a chip that nobody knows. */
const AT_DESK_EVERY = 60
const UNKNOWN_EVERY = 400

const crowd = Number(people)
const chip = (bib: number): string => `${prefix}${String(bib).padStart(6, '0')}`
const client = createCtp01Client({
  host: '127.0.0.1',
  port: Number(port),
  clock: Date.now,
  zone: 'UTC',
  eventName: 'bench',
  locations: PLACES,
  connectionId: 'bench-desk',
})
const read = (location: string, tag: string, at: number): void =>
  client.push({ location, tag, at, readerId: '0F2A38', gator: 1 })

const began = Date.now()
client.gun('Start', began - 3_600_000)
for (let n = 0; n < crowd; n += 1) read('Start', chip(n + 1), began - 3_600_000 + n * 40)

let sent = 0
let atDesk = 1
let timer: NodeJS.Timeout | undefined
function pace(since: number): void {
  for (; sent < ((Date.now() - since) / 1000) * Number(perSecond); sent += 1) {
    const place = PLACES[1 + (sent % (PLACES.length - 1))] ?? 'Finish'
    if (sent % UNKNOWN_EVERY === 0) read(place, `FFFF${String(sent % 9000).padStart(6, '0')}`, Date.now())
    else read(place, chip(sent % AT_DESK_EVERY === 1 ? atDesk : 1 + ((sent * 7919) % crowd)), Date.now())
  }
}

process.on('message', (asked: { readonly go?: true; readonly atDesk?: number }) => {
  if (asked.atDesk !== undefined) atDesk = asked.atDesk
  if (asked.go) {
    const since = Date.now()
    timer = setInterval(() => pace(since), 5)
  }
})
process.on('disconnect', () => {
  clearInterval(timer)
  void client.stop()
})
await client.start()
process.send?.('ready')
