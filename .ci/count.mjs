// Adds up the reports of Vitest and Playwright. A report that is not there is a failure: its tests never ran.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env.TRACKSIDE_REPORTS ?? 'test-results/ci'

function countsOf(name) {
  const file = join(folder, `${name}.json`)
  if (!existsSync(file)) {
    console.log(`${name}: no report`)
    return { passed: 0, failed: 1 }
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  if (report.stats) {
    const { expected, flaky, unexpected, skipped } = report.stats
    return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped }
  }
  // A file that could not be loaded, or whose last hook failed, has no failed test of its own.
  const files = report.testResults.filter(
    one => one.status === 'failed' && one.assertionResults.every(test => test.status !== 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + files.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

const all = process.argv.slice(2).map(name => ({ name, ...countsOf(name) }))
for (const { name, passed, failed, skipped = 0 } of all)
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
const sum = key => all.reduce((total, one) => total + one[key], 0)
const failed = sum('failed') + Number(process.env.FAILED_CHECKS ?? 0)
console.log(`${sum('passed')} passed, ${failed} failed`)
if (failed > 0 || sum('passed') === 0) process.exitCode = 1
