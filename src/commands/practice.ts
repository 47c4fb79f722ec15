import './node-guard.ts'
import { spawn } from 'node:child_process'
import { createLog } from '../app/log.ts'
import { builtPages } from './build-pages.ts'
import { noWords, parseArguments, portOf } from './parse-arguments.ts'
import { createPracticeBeside } from './practice-beside.ts'
import { runCommand } from './run-command.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const HELP = `npm run practice [-- --port N --timing-port N --browser]

A whole race day with nothing to set up: simulated providers and readers, the app on top.
Nothing in it is real, and nothing of it is kept.

  --port N          default: a free one
  --timing-port N   default: a free one
  --browser         opens the address in this machine's browser`

await runCommand(async args => {
  const { values, positionals } = parseArguments(args, {
    port: { type: 'string' },
    'timing-port': { type: 'string' },
    browser: { type: 'boolean' },
    help: { type: 'boolean' },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  noWords(positionals)
  const began = Date.now()
  const say = (line: string): void => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1)
    console.log(`${seconds.padStart(7)} s  ${line}`)
  }
  const httpPort = portOf(values.port, '--port', 0)
  const timingPort = portOf(values['timing-port'], '--timing-port', 0)
  const rendererFolder = await builtPages()
  const practice = createPracticeBeside({
    ...{ rendererFolder, httpPort, timingPort, say },
    log: createLog({ folder: null, stderr: 'errors' }),
  })
  stopOnSignal(practice.stop)
  const address = await practice.start()
  say('The race is on. This address signs one browser in, once:')
  console.log(`\n  ${address}\n`)
  if (values.browser && address !== null) openBrowser(address)
  return undefined
})

function openBrowser(address: string): void {
  const [program, ...words] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address]
  spawn(program ?? '', words, { stdio: 'ignore', detached: true })
    .on('error', () => console.log('No browser could be opened from here: open the address by hand.'))
    .unref()
}
