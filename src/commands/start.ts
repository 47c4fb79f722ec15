import './node-guard.ts'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { builtPages } from './build-pages.ts'
import { noWords, parseArguments, portOf } from './parse-arguments.ts'
import { dataFolderOf, electronBinary, ROOT } from './project.ts'
import { type ExitCode, runCommand } from './run-command.ts'
import { serveApp } from './serve-app.ts'

const HELP = `npm start [-- --data DIR --timing-port N --mylaps-port N]

The app in its window. Where Electron's own program is not to be had it says so, serves the same app to a browser
and prints the address; --port N says where.`

await runCommand(async args => {
  const { values, positionals } = parseArguments(args, {
    data: { type: 'string' },
    port: { type: 'string' },
    'timing-port': { type: 'string' },
    'mylaps-port': { type: 'string' },
    help: { type: 'boolean' },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  noWords(positionals)
  const dataFolder = dataFolderOf(values.data)
  const port = portOf(values.port, '--port', 8080)
  const timingPort = portOf(values['timing-port'], '--timing-port', 61_611)
  const mylapsPort = portOf(values['mylaps-port'], '--mylaps-port', 3097)
  const binary = electronBinary()
  if (binary !== null) {
    await builtPages({ alsoShell: true })
    if (existsSync(join(ROOT, 'out', 'main', 'index.js'))) {
      return showWindow(binary, [
        ...['--data', dataFolder, '--timing-port', String(timingPort)],
        ...['--mylaps-port', String(mylapsPort)],
      ])
    }
    console.log('The window could not be built; serving the same app to a browser instead.')
  } else {
    console.log(
      "Electron's own program is not here (it is a download of its own: npx install-electron).\n" +
        'Serving the same app to a browser instead.',
    )
  }
  await serveApp({ dataFolder, host: '127.0.0.1', port, timingPort, mylapsPort })
  return undefined
})

/** @returns when the window is closed */
function showWindow(binary: string, words: readonly string[]): Promise<ExitCode> {
  // Chromium's sandbox cannot be had as root; nobody but a test machine works as root.
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  return new Promise((resolve, reject) => {
    const shell = spawn(binary, [...(asRoot ? ['--no-sandbox'] : []), ROOT, ...words], { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shell.kill(signal))
    shell.on('error', reject)
    shell.on('close', code => resolve(code === 0 ? 0 : 1))
  })
}
