import './node-guard.ts'
import { noWords, parseArguments, portOf } from './parse-arguments.ts'
import { dataFolderOf } from './project.ts'
import { runCommand } from './run-command.ts'
import { serveApp } from './serve-app.ts'

const HELP = `npm run serve -- [--data DIR] [--port N] [--host H] [--timing-port N] [--mylaps-port N] [--central CODE]

The app without a window: HTTP API, pages for browsers, the port for readers, the schedule.

  --data DIR        where it keeps its data (default: this user's own place)
  --port N          default 8080; 0 takes a free one
  --host H          default 127.0.0.1: this machine only. 0.0.0.0: everybody on the network
  --timing-port N   where ChronoTrack readers connect, default 61611; 0 takes a free one
  --central CODE    the central database this laptop works with: a connection code, or an address of its login
  --mylaps-port N   where MYLAPS Timing & Scoring connects, default 3097; 0 takes a free one

Environment: DATABASE_URL is --central where that is not given; TRACKSIDE_TOKEN sets the manager token; TRACKSIDE_PASSPHRASE opens the encrypted key file.`

await runCommand(async args => {
  const { values, positionals } = parseArguments(args, {
    data: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    'timing-port': { type: 'string' },
    'mylaps-port': { type: 'string' },
    central: { type: 'string' },
    help: { type: 'boolean' },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  noWords(positionals)
  await serveApp({
    dataFolder: dataFolderOf(values.data),
    host: values.host ?? '127.0.0.1',
    port: portOf(values.port, '--port', 8080),
    timingPort: portOf(values['timing-port'], '--timing-port', 61_611),
    mylapsPort: portOf(values['mylaps-port'], '--mylaps-port', 3097),
    central: values.central ?? process.env.DATABASE_URL,
  })
  return undefined
})
