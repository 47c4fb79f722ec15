import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Rules, violations } from './support/house-rules.ts'
import { readTree } from './support/tree.ts'

const below = [
  'core',
  'providers',
  'store',
  'secrets',
  'sync',
  'timing',
  'replication',
  'keeping',
  'monitor',
  'api',
]

const rules: Rules = {
  rooms: {
    core: { ours: [], packages: ['temporal-polyfill'], node: false },
    api: { ours: ['core'], packages: ['zod', '@orpc/contract'], node: false },
    providers: { ours: ['core'], packages: ['zod', 'cockatiel'], node: true },
    store: { ours: ['core'], packages: ['better-sqlite3', 'drizzle-orm', 'uuid'], node: true },
    secrets: { ours: ['core'], packages: ['keytar'], node: true },
    keeping: { ours: ['core', 'store'], packages: [], node: true },
    monitor: { ours: ['core', 'store'], packages: [], node: true },
    sync: {
      ours: ['core', 'providers/provider.ts', 'store'],
      packages: ['p-queue', 'cockatiel', 'croner'],
      node: true,
    },
    timing: { ours: ['core', 'store'], packages: ['csv-parse'], node: true },
    replication: {
      ours: ['core', 'store'],
      packages: ['pg', 'drizzle-orm'],
      node: true,
    },
    app: { ours: below, packages: ['@orpc/server', 'csv-parse', 'pino', 'zod'], node: true },
    server: { ours: ['core', 'api', 'app'], packages: ['fastify', '@fastify/static', '@orpc/*'], node: true },
    main: {
      ours: ['core', 'api', 'app', 'server', 'practice'],
      packages: ['electron', 'electron-updater', '@orpc/server'],
      node: true,
    },
    preload: { ours: [], packages: ['electron'], node: false },
    renderer: {
      ours: ['core', 'api'],
      packages: [
        'react',
        'react-dom',
        'zustand',
        '@mantine/*',
        '@tanstack/*',
        '@orpc/client',
        '@orpc/contract',
        '@fontsource-variable/inter',
        '@tabler/icons-react',
      ],
      node: false,
    },
    rehearsal: { ours: ['core/model.ts'], packages: ['fastify'], node: true },
    practice: {
      ours: ['core', 'api', 'app', 'server', 'rehearsal', 'secrets', 'replication'],
      packages: ['pg'],
      node: true,
    },
    commands: {
      ours: ['core', 'api', 'app', 'server', 'practice', 'replication', 'secrets', 'keeping'],
      packages: [],
      node: true,
    },
  },
  forbiddenFolders: ['lib', 'utils', 'common', 'helpers', 'services', 'shared', 'types'],
  knowProviders: ['src/providers/index.ts', 'src/rehearsal', 'src/practice'],
  handedIn: ['core', 'sync', 'timing', 'store', 'providers', 'keeping', 'monitor', 'replication'],
  fromTheAir: {
    chance: /\bMath\.random\b/,
    'the clock': /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/,
    'the network': /(?<![.\w])fetch\(|\bglobalThis\.fetch\b/,
  },
}

test('every file keeps the rules of the house', () => {
  const tree = readTree(join(import.meta.dirname, '..'), 'src')
  expect(tree.size).toBeGreaterThan(50)
  expect(violations(tree, rules)).toEqual([])
})

describe('the rules catch', () => {
  const own = 'export const x = 1'
  const cases: readonly (readonly [what: string, path: string, text: string, said: string])[] = [
    ['a folder above', 'src/core/a.ts', "import '../store/b.ts'", 'may not import src/store/b.ts'],
    ['a type', 'src/core/a.ts', "import type { B } from '../store/b.ts'", 'may not import src/store/b.ts'],
    [
      'an export from',
      'src/core/a.ts',
      `export { x } from '../store/b.ts'; ${own}2`,
      'may not import src/store/b.ts',
    ],
    ['a lazy import', 'src/core/a.ts', "await import('../store/b.ts')", 'may not import src/store/b.ts'],
    ['an inline type', 'src/core/a.ts', "let b: import('../store/b.ts').B", 'may not import src/store/b.ts'],
    ['a computed import', 'src/app/a.ts', 'await import(name)', 'imports a computed name'],
    ['a component', 'src/renderer/A.tsx', "import '../store/b.ts'; <p />", 'may not import src/store/b.ts'],
    [
      'more than the one file',
      'src/sync/a.ts',
      "import '../providers/http.ts'",
      'may not import src/providers/http.ts',
    ],
    ['a package', 'src/renderer/a.ts', "import 'electron'", 'may not import electron'],
    [
      "a package's subpath",
      'src/renderer/a.ts',
      "import '@orpc/server/fetch'",
      'may not import @orpc/server/fetch',
    ],
    ['Node in core', 'src/core/a.ts', "import 'node:fs'", 'may not import node:fs'],
    ['Node without its prefix', 'src/app/a.ts', "import 'fs'", 'may not import fs'],
    ['an alias', 'src/app/a.ts', "import '@/core/c.ts'", 'may not import @/core/c.ts'],
    ['no extension', 'src/app/a.ts', "import '../core/c'", 'imports ../core/c without its extension'],
    [
      'what is not there',
      'src/app/a.ts',
      "import '../core/z.ts'",
      'imports ../core/z.ts, which is not there',
    ],
    [
      'leaving src',
      'src/app/a.ts',
      "import '../../package.json'",
      'imports ../../package.json, which is not there',
    ],
    [
      'a sibling',
      'src/providers/haku/a.ts',
      "import '../acme/a.ts'",
      'may not import src/providers/acme/a.ts',
    ],
    ['the list', 'src/providers/haku/a.ts', "import '../index.ts'", 'may not import src/providers/index.ts'],
    ['a barrel', 'src/app/a.ts', "export * from '../core/c.ts'", 'only hands on what others export'],
    ['a name', 'src/sync/a.ts', "if (id === 'Acme') go()", 'knows the provider acme by name'],
    ['chance', 'src/sync/a.ts', 'Math.random()', 'takes chance from the air; it is handed in'],
    ['the clock', 'src/store/a.ts', 'new Date( )', 'takes the clock from the air; it is handed in'],
    ['the network', 'src/providers/a.ts', "fetch('x')", 'takes the network from the air; it is handed in'],
    ['a drawer', 'src/core/utils/a.ts', own, 'no folder is named utils'],
    ['an unknown room', 'src/attic/a.ts', own, 'attic is not in the table'],
  ]
  const standing = new Map([
    ['src/core/c.ts', `${own} // Date.now() and Acme may be spoken of`],
    ['src/store/b.ts', "import '../core/c.ts'; new Date(5); parts.fetch(1)"],
    ['src/providers/index.ts', "import './acme/a.ts'; import './haku/h.ts'"],
    ['src/providers/http.ts', own],
    ['src/providers/acme/a.ts', "import '../http.ts'; const acme = 1"],
    ['src/providers/haku/h.ts', own],
  ])

  test('nothing where nothing is wrong', () => {
    expect(violations(standing, rules)).toEqual([])
  })

  test.each(cases)('%s', (_what, path, text, said) => {
    expect(violations(new Map([...standing, [path, text]]), rules)).toContain(`${path}: ${said}`)
  })

  test('a file that cannot be read', () => {
    expect(() => violations(new Map([['src/core/a.ts', 'import from']]), rules)).toThrow('src/core/a.ts')
  })
})

test('each migration of the central database has a number of its own: of two with one number the second is never applied', () => {
  const numbers = readdirSync(join(import.meta.dirname, '..', 'drizzle', 'central')).map(name =>
    name.slice(0, 4),
  )
  expect(numbers.filter((number, place) => numbers.indexOf(number) !== place)).toEqual([])
})
