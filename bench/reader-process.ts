import { createCtp01Client } from '../src/rehearsal/ctp01-client.ts'

/** A reader in a process of its own, as in life: `reader-process.ts PORT READS PEOPLE STARTS_AT`. */
const [port, reads, people, startsAt] = process.argv.slice(2).map(Number)
if (port === undefined || reads === undefined || people === undefined || startsAt === undefined)
  process.exit(2)

const client = createCtp01Client({
  host: '127.0.0.1',
  port,
  clock: Date.now,
  zone: 'UTC',
  eventName: 'bench',
  locations: ['start', 'finish'],
  connectionId: 'bench-flood',
})
for (let n = 0; n < reads; n += 1) {
  const location = n % 2 === 0 ? 'start' : 'finish'
  client.push({
    location,
    tag: String(1 + (n % people)),
    at: startsAt + n * 10,
    readerId: '0F2A38',
    gator: 1,
  })
}
process.on('message', () => void client.start())
process.on('disconnect', () => void client.stop())
process.send?.('ready')
