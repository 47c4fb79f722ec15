import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// npm run test:chaos -- [KILLS], or: npm run test:chaos -- replication [RUNS], of which each kills twice;
// SEED tells the same again.

const root = join(import.meta.dirname, '..', '..')
const [what, runs = '100'] = process.argv.slice(2)
const env = { ...process.env, RUNS: runs }
const command =
  what === 'replication'
    ? [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...['run', 'test/replication/convergence.pg.test.ts', 'test/replication/killed.pg.test.ts'],
        'test/store/meetings.test.ts',
      ]
    : [join(import.meta.dirname, 'kill.chaos.ts'), ...process.argv.slice(2)]
process.exitCode = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' }).status ?? 1
