import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { postmasterOf } from './postmaster.ts'

const LOOK_MS = 50

/** Ends the server that a killed Trackside left running on a data folder, and waits until it is gone. */
export async function endLeftover(dataFolder: string): Promise<void> {
  const cluster = join(dataFolder, 'hub', 'cluster')
  const pid = await postmasterOf(cluster)
  if (pid === null) return
  // PostgreSQL's word for "now, without waiting for anybody".
  process.kill(pid, 'SIGINT')
  while ((await postmasterOf(cluster)) !== null) await wait(LOOK_MS)
}
