import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './project.ts'

const built = join(ROOT, 'out', 'renderer')

/** Ms since the epoch of the newest file below; 0 when there is none. */
function newestIn(folder: string): number {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Math.max(0, ...files.map(file => statSync(join(file.parentPath, file.name)).mtimeMs))
}

const timeOf = (file: string): number => (existsSync(file) ? statSync(file).mtimeMs : 0)

/** Builds the pages when they are missing or older than what they are made of. @returns their folder, or null */
export async function builtPages(parts: { readonly alsoShell?: boolean } = {}): Promise<string | null> {
  const shell = ['main', 'preload']
  const sources = ['renderer', 'api', ...(parts.alsoShell ? shell : [])].map(name => join(ROOT, 'src', name))
  const results = [
    join(built, 'index.html'),
    ...(parts.alsoShell ? [join(ROOT, 'out', 'main', 'index.js')] : []),
  ]
  const newest = Math.max(...sources.map(newestIn))
  if (results.every(file => existsSync(file) && timeOf(file) >= newest)) return built
  const builder = join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  if (!existsSync(builder) || newest === 0) return existsSync(results[0] ?? '') ? built : null
  console.log('Building the pages …')
  const { code, output } = await run(builder)
  if (code === 0) return built
  const old = existsSync(join(built, 'index.html'))
  console.error(output.trim().split('\n').slice(-15).join('\n'))
  console.error(`The pages could not be built; going on ${old ? 'with the earlier ones' : 'without them'}.`)
  return old ? built : null
}

function run(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const builder = spawn(process.execPath, [script, 'build'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [builder.stdout, builder.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8')
      })
    }
    builder.on('error', reject)
    builder.on('close', code => resolve({ code, output }))
  })
}
