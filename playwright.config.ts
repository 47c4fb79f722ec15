import { existsSync } from 'node:fs'
import { chromium } from 'playwright'
import { defineConfig } from 'playwright/test'

/** Where a CI run wants its counts; nobody else needs the file. */
const reports = process.env.TRACKSIDE_REPORTS

/** Playwright's own Chromium where it could be fetched, else the system's. */
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const executablePath = existsSync(chromium.executablePath()) ? undefined : system

export default defineConfig({
  outputDir: 'test-results/playwright',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: reports
    ? [
        ['list'],
        ['json', { outputFile: `${reports}/${process.env.TRACKSIDE_REPORT_NAME ?? 'playwright'}.json` }],
      ]
    : [['list']],
  projects: [
    {
      name: 'e2e',
      testDir: 'test/e2e',
      testMatch: '**/*.e2e.ts',
      use: {
        viewport: { width: 1366, height: 768 },
        actionTimeout: 15_000,
        screenshot: 'only-on-failure',
        trace: 'retain-on-failure',
        launchOptions: {
          ...(executablePath && { executablePath }),
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
    { name: 'electron', testDir: 'test/electron', testMatch: '**/*.e2e.ts' },
  ],
})
