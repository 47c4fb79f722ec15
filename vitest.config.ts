import { defineConfig } from 'vitest/config'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12))
  throw new Error(
    `The tests need Node 22.12 or newer, this is ${process.versions.node}. "npm test" brings its own Node 24.`,
  )

/** Where a CI run wants its counts; nobody else needs the file. */
const reports = process.env.TRACKSIDE_REPORTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/electron/**'],
    setupFiles: ['test/support/no-network.ts', 'test/support/nothing-left.ts'],
    // On two cores Vitest would take one worker.
    maxWorkers: 2,
    // Real sockets and disks: a busy machine is slow, not wrong.
    testTimeout: 20_000,
    reporters: reports ? ['default', ['json', { outputFile: `${reports}/vitest.json` }]] : ['default'],
  },
})
