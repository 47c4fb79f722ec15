/** A turn of the event loop: reads and the window are served in between. */
export const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
