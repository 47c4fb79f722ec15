import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'playwright/test'
import { createPlace, type Place, type Shell } from '../support/electron-here.ts'
import { electronDist, NO_ELECTRON } from '../support/electron-stage.ts'

const dist = electronDist()
test.skip(dist === null, NO_ELECTRON)
test.describe.configure({ mode: 'serial' })

let place: Place
let shell: Shell
/** What a page must not reach: it would answer, and counts who asks. */
let outside: Server
let asked = 0
let outsideUrl = ''

test.beforeAll(async () => {
  if (dist === null) return
  outside = createServer((_, response) => {
    asked += 1
    response.setHeader('access-control-allow-origin', '*').end('console.log("outside")')
  })
  await new Promise<void>(done => outside.listen(0, '127.0.0.1', done))
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`
  place = createPlace(dist)
  shell = await place.launch()
})

test.afterAll(async () => {
  await shell?.electron.close()
  place?.remove()
  outside?.close()
})

test('a window opens on our own origin', async () => {
  await expect(shell.page.locator('#root')).not.toBeEmpty()
  expect(await shell.page.evaluate(() => window.origin)).toBe('trackside://app')
  expect(
    await shell.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()),
  ).toBe('Trackside')
})

test('its renderer runs in the sandbox', async () => {
  test.skip(process.platform !== 'linux', 'SKIPPED: the proof reads /proc')
  const pid = await shell.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  )
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  expect(status).toMatch(/^Seccomp:\s+2$/m)
  expect(status).not.toMatch(/^Uid:\s+0\b/m)
})

test('the page has nothing of Node or Electron but the name of the platform', async () => {
  const seen = await shell.page.evaluate(() => ({
    globals: ['process', 'require', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
      name => name in window,
    ),
    shell: Object.entries(window['tracksideShell' as keyof Window] ?? {}),
  }))
  expect(seen).toEqual({ globals: [], shell: [['platform', process.platform]] })
})

test('the page and the preload live in two worlds', async () => {
  const preferences = await shell.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return (
      contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
  const kept = await shell.page.evaluate(() => {
    const name = 'tracksideShell' as keyof Window
    try {
      Object.assign(window[name] as object, { platform: 'bent' })
      Object.assign(window, { [name]: 'bent' })
    } catch {}
    return window[name] as unknown
  })
  expect(kept).toEqual({ platform: process.platform })
})

test('every answer carries the policy, and the nonce stands in the page', async () => {
  const { policy, nonce, script } = await shell.page.evaluate(async () => {
    const answer = await fetch('/index.html')
    const html = await answer.text()
    const path = /src="([^"]+\.js)"/.exec(html)?.[1] ?? 'none'
    return {
      policy: answer.headers.get('content-security-policy') ?? '',
      nonce: /name="csp-nonce" content="([^"]*)"/.exec(html)?.[1] ?? '',
      script: (await fetch(new URL(path, 'trackside://app/'))).headers.get('content-security-policy') ?? '',
    }
  })
  expect(nonce.length).toBeGreaterThan(20)
  for (const part of ["default-src 'self'", "script-src 'self'", "object-src 'none'", "form-action 'none'"])
    expect(policy.split('; ')).toContain(part)
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
  expect(script).toContain("default-src 'self'")
})

test('no inline script, handler or eval runs', async () => {
  const ran = await shell.page.evaluate(async () => {
    const seen: string[] = []
    Object.assign(window, { ran: (what: string) => seen.push(what) })
    const script = document.createElement('script')
    script.textContent = 'ran("inline script")'
    document.body.append(script)
    const image = document.createElement('img')
    image.setAttribute('onerror', 'ran("handler")')
    image.src = '/not-there.png'
    document.body.append(image)
    // Later, so that it is the page that calls and not the debugger.
    await new Promise(done => setTimeout(done, 300))
    const refused = await new Promise<string>(done =>
      setTimeout(() => {
        try {
          // biome-ignore lint/security/noGlobalEval: what the policy has to refuse
          window.eval('ran("eval")')
          done('nothing')
        } catch (error) {
          done((error as Error).name)
        }
      }),
    )
    script.remove()
    image.remove()
    return { seen, refused }
  })
  expect(ran).toEqual({ seen: [], refused: 'EvalError' })
})

test('nothing is loaded from the net, by page or session', async () => {
  const results = await shell.page.evaluate(async url => {
    const load = (name: 'img' | 'script' | 'iframe', attribute: string) =>
      new Promise<string>(done => {
        const element = document.createElement(name)
        element.addEventListener('error', () => done('refused'))
        element.addEventListener('load', () => done(name === 'iframe' ? 'refused' : 'loaded'))
        element.setAttribute(attribute, url)
        document.body.append(element)
        setTimeout(() => element.remove(), 1000)
      })
    return {
      fetch: await fetch(url).then(
        () => 'loaded',
        () => 'refused',
      ),
      image: await load('img', 'src'),
      script: await load('script', 'src'),
      frame: await load('iframe', 'src'),
    }
  }, outsideUrl)
  expect(results).toEqual({ fetch: 'refused', image: 'refused', script: 'refused', frame: 'refused' })
  // Behind the policy stands the session itself.
  const bySession = shell.electron.evaluate(
    ({ session }, url) => session.defaultSession.fetch(url),
    outsideUrl,
  )
  await expect(bySession).rejects.toThrow('ERR_BLOCKED_BY_CLIENT')
  expect(asked).toBe(0)
})

test('the page stays where it is', async () => {
  const before = shell.page.url()
  for (const target of [outsideUrl, 'https://example.com/', 'file:///etc/hostname']) {
    await shell.page.evaluate(url => {
      window.location.href = url
    }, target)
    await shell.page.waitForTimeout(200)
    expect(shell.page.url()).toBe(before)
  }
  expect(asked).toBe(0)
})

test('it opens no window', async () => {
  const opened = await shell.page.evaluate(
    urls => urls.map(url => window.open(url) !== null),
    [outsideUrl, 'https://example.com/', 'trackside://app/'],
  )
  expect(opened).toEqual([false, false, false])
  expect(shell.electron.windows()).toHaveLength(1)
})

test('permissions are denied', async () => {
  const answers = await shell.page.evaluate(async () => {
    const state = async (name: string) =>
      (await navigator.permissions.query({ name: name as PermissionName })).state
    const refusal = (work: Promise<unknown>) =>
      work.then(
        () => 'given',
        (error: Error) => error.name,
      )
    return {
      notifications: await Notification.requestPermission(),
      geolocation: await state('geolocation'),
      camera: await state('camera'),
      clipboardRead: await state('clipboard-read'),
      microphone: await refusal(navigator.mediaDevices.getUserMedia({ audio: true })),
    }
  })
  expect(answers).toMatchObject({
    notifications: 'denied',
    geolocation: 'denied',
    camera: 'denied',
    clipboardRead: 'denied',
  })
  expect(answers.microphone).not.toBe('given')
})

test('its protocol serves one folder and nothing beside it', async () => {
  const statuses = await shell.page.evaluate(
    async paths => {
      const answers = paths.map(async path => {
        const answer = await fetch(path)
        return [path, answer.status, (await answer.text()).includes('"dependencies"')] as const
      })
      return Promise.all(answers)
    },
    [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5cpackage.json',
      '/%00.js',
      '/not-there.js',
    ],
  )
  expect(statuses).toEqual([
    ['/..%2f..%2fpackage.json', 403, false],
    ['/%2e%2e/%2e%2e/package.json', 404, false],
    ['/..%5c..%5cpackage.json', 403, false],
    ['/%00.js', 403, false],
    ['/not-there.js', 404, false],
  ])
})

test('a second app on the same data ends by itself', async () => {
  expect(await place.run().end).toBe(0)
  expect(shell.electron.windows()).toHaveLength(1)
})
