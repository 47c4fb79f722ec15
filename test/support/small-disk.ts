import { execFileSync } from 'node:child_process'
import { statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A disk of so many MB at a folder, and how it is taken away; null where we may not make one. */
export function smallDisk(folder: string, size: number): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m,mode=0711`, 'none', folder], {
      stdio: 'ignore',
    })
    return () => {
      execFileSync('umount', [folder])
    }
  } catch {
    return null
  }
}

/** Fills what is left of it but for so many bytes. @returns the file to remove when there is to be room again */
export function fillDisk(folder: string, left: number): string {
  const filler = join(folder, 'filler')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)))
  return filler
}
