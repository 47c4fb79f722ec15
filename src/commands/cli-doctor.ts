import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CliCommand } from './cli-command.ts'
import { electronBinary, ROOT } from './project.ts'
import { codeOf } from './run-command.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  /** Not being ok is no failure: something is only not there. */
  readonly minor: boolean
  readonly message: string
}

const finding = (what: string, ok: boolean, message: string, minor = false): Finding => ({
  what,
  ok,
  minor,
  message,
})

function machine(dataFolder: string): readonly Finding[] {
  const pages = existsSync(join(ROOT, 'out', 'renderer', 'index.html'))
  const electron = electronBinary()
  return [
    finding('node', true, process.versions.node),
    writable(dataFolder),
    finding('pages', pages, pages ? 'built' : 'not built yet; the next start builds them', true),
    finding(
      'window',
      electron !== null,
      electron ?? "Electron's program is not here: the app serves a browser",
      true,
    ),
  ]
}

function writable(dataFolder: string): Finding {
  try {
    accessSync(dataFolder, constants.W_OK)
    return finding('data folder', true, dataFolder)
  } catch {
    return finding('data folder', false, `${dataFolder} cannot be written to`)
  }
}

/** Looks at everything a person asking for help is asked about; both sides of every connection are tried. */
export const doctor: CliCommand = {
  usage: 'doctor',
  help: 'looks at this machine, the data folder, the keys and both sides of every connection',
  async run({ client, dataFolder }) {
    const health = await client.system.health()
    const { connections } = await client.connections.list()
    const sides = await Promise.all(
      connections.map(async ({ id, connectionName }) => {
        try {
          const { source, target } = await client.connections.test({ id })
          return [
            finding(`${connectionName}, source`, source.ok, source.message),
            finding(`${connectionName}, target`, target.ok, target.message),
          ]
        } catch (error) {
          return [finding(connectionName, false, `${codeOf(error) ?? ''} ${String(error)}`.trim())]
        }
      }),
    )
    const findings = [
      ...machine(dataFolder),
      finding('database', health.database.ok, health.database.path),
      finding('backup', health.backup.state !== 'failed', health.backup.message),
      finding(`keys (${health.secrets.kind})`, health.secrets.ok, health.secrets.message),
      finding('central database', health.central.state !== 'blocked', health.central.words),
      ...sides.flat(),
    ]
    const mark = ({ ok, minor }: Finding) => (ok ? 'ok  ' : minor ? 'note' : 'BAD ')
    return {
      data: { version: health.version, findings },
      lines: [
        `Trackside ${health.version}`,
        ...findings.map(one => `${mark(one)}  ${one.what}: ${one.message}`),
      ],
      ok: findings.every(({ ok, minor }) => ok || minor),
    }
  },
}
