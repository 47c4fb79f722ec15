import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const project = join(import.meta.dirname, '..', '..')

/** Runs a made-up test file under the same guards as all others. */
async function run(body: string): Promise<{ readonly passed: boolean; readonly output: string }> {
  mkdirSync(join(project, 'test-results'), { recursive: true })
  const folder = mkdtempSync(join(project, 'test-results', 'guards-'))
  const file = join(folder, 'made-up.test.ts')
  const setup = ['no-network.ts', 'nothing-left.ts'].map(name => join(import.meta.dirname, name))
  const imports = "import dns from 'node:dns'; import net from 'node:net'; import { test } from 'vitest'"
  writeFileSync(file, `${imports}\ntest('made up', async () => { ${body} })\n`)
  const config = join(folder, 'vitest.config.mjs')
  writeFileSync(
    config,
    `export default { test: { include: ['*.test.ts'], setupFiles: ${JSON.stringify(setup)} } }`,
  )
  try {
    return await new Promise(resolve => {
      const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs')
      const args = [vitest, 'run', '--root', folder, '--config', config]
      execFile(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } }, (error, out, err) => {
        resolve({ passed: error === null, output: out + err })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const listen =
  'const server = net.createServer(); await new Promise(done => server.listen(0, "127.0.0.1", done));'

test.each([
  ['a listener that is closed again', `${listen} await new Promise(done => server.close(done))`],
  [
    'a call to this machine',
    `const http = await import('node:http'); const server = http.createServer((_, answer) => answer.end('ok'));
     await new Promise(done => server.listen(0, '127.0.0.1', done));
     await (await fetch('http://localhost:' + server.address().port)).text();
     await new Promise(done => { server.close(done); server.closeAllConnections() })`,
  ],
])(
  'lets pass %s',
  async (_what, body) => {
    const { passed, output } = await run(body)
    expect(passed, output).toBe(true)
  },
  30_000,
)

test.each([
  ['a listener left open', listen, 'left running at the end of this file: a TCP listener'],
  ['a chain of timers', 'const again = () => setTimeout(again, 20); again()', 'left running'],
  [
    'a timer left going',
    'setInterval(() => {}, 1000)',
    'left running at the end of this file: a timer set at ',
  ],
  [
    'a call elsewhere',
    "await fetch('http://192.0.2.1/').catch(() => {})",
    'reached for the network: 192.0.2.1',
  ],
  ['a name elsewhere', "await fetch('https://example.com/').catch(() => {})", 'network: example.com'],
  [
    'a name looked up',
    "await new Promise(done => dns.lookup('example.com', done))",
    'reached for the network: example.com',
  ],
])(
  'fails for %s',
  async (_what, body, said) => {
    const { passed, output } = await run(body)
    expect(passed, output).toBe(false)
    expect(output).toContain(said)
  },
  30_000,
)
