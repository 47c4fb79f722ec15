import { join } from 'node:path'

interface Where {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where this user's Trackside keeps its data when nobody says otherwise. */
export function defaultDataFolder({ platform, home, env }: Where): string {
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Trackside')
    case 'win32':
      return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Trackside')
    default:
      return join(home, '.local', 'share', 'trackside')
  }
}
