const LIMIT_MS = 10_000

/** Ctrl-C and a service manager's stop: in order, once, and never for ever. A second one ends at once. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let asked = false
  const onSignal = (): void => {
    if (asked) process.exit(130)
    asked = true
    console.log('Stopping …')
    setTimeout(() => {
      console.error('Stopping took too long; ending all the same. What was written is safe.')
      process.exit(1)
    }, LIMIT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`Stopping failed: ${error instanceof Error ? error.stack : String(error)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
