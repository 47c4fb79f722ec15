/** Timers that were set and neither ran nor were cleared, with the line that set them. */
const pending = new Map<NodeJS.Timeout, Error>()

/** Lines that set a timer which still runs. Timers that were unref'd don't keep anything alive and don't count. */
export function runningTimers(): readonly string[] {
  const alive = [...pending].filter(([timer]) => timer.hasRef())
  return [...new Set(alive.map(([, set]) => `a timer set${siteOf(set)}`))]
}

function siteOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').slice(1)
  const site = frames.find(frame => !/node_modules|node:|support\/timers\.ts/.test(frame))
  return site ? ` ${site.trim()}` : ''
}

/** Watches the functions from now on; Vitest's own timers were taken before. */
export function watchTimers(): void {
  const { setTimeout, setInterval } = globalThis
  watch('setTimeout', setTimeout, true)
  watch('setInterval', setInterval, false)
  // A cleared timer still says hasRef, so clearing is watched as well.
  for (const name of ['clearTimeout', 'clearInterval'] as const) {
    const original = globalThis[name]
    Object.assign(globalThis, {
      [name]: (timer?: NodeJS.Timeout) => {
        if (timer) pending.delete(timer)
        original(timer)
      },
    })
  }
}

type SetTimer = (work: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => NodeJS.Timeout

function watch(name: 'setTimeout' | 'setInterval', original: SetTimer, once: boolean): void {
  const watched: SetTimer = (work, ms, ...args) => {
    const timer = original(
      (...given: unknown[]) => {
        if (once) pending.delete(timer)
        work(...given)
      },
      ms,
      ...args,
    )
    pending.set(timer, new Error(name))
    return timer
  }
  // What hangs on the original (util.promisify's own version) hangs on the watched one too.
  Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original))
  Object.assign(globalThis, { [name]: watched })
}
