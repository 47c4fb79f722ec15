import type { Outputs } from '../client.ts'
import { ago } from './time.ts'

export type Backup = Outputs['system']['health']['backup']

export interface BackupWords {
  readonly words: string
  readonly tone: 'good' | 'warn' | 'bad' | undefined
}

/** How backing up goes, for the status bar. */
export function backupWords({ state, lastAt, message }: Backup, now: number): BackupWords {
  const last = lastAt === null ? 'none yet' : ago(lastAt, now)
  switch (state) {
    case 'none-yet':
      return { words: 'none yet', tone: undefined }
    case 'ok':
      return { words: last, tone: 'good' }
    case 'second-folder':
      return { words: `${last}; ${message}`, tone: 'warn' }
    case 'failed':
      return { words: `${message} Last one: ${last}`, tone: 'bad' }
  }
}

/** "1.2 GB", "340 kB". */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`
  return `${Math.ceil(bytes / 1e3)} kB`
}
