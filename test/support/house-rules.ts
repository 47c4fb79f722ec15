import { posix } from 'node:path'
import { readSource, type Source, type Tree } from './tree.ts'

export interface Room {
  /** Folders or single files of ours, under src. */
  readonly ours: readonly string[]
  /** `@scope/*` is the whole scope. A package's subpaths come with it. */
  readonly packages: readonly string[]
  readonly node: boolean
}

export interface Rules {
  readonly rooms: Readonly<Record<string, Room>>
  readonly forbiddenFolders: readonly string[]
  /** Where a provider's name may stand, besides its own folder. */
  readonly knowProviders: readonly string[]
  /** Folders that are handed their clock, chance and network, and what would be reading it from the air. */
  readonly handedIn: readonly string[]
  readonly fromTheAir: Readonly<Record<string, RegExp>>
}

/** What breaks the rules, a line each: `path: what`. */
export function violations(tree: Tree, rules: Rules): readonly string[] {
  const scripts = [...tree].filter(([path]) => /\.tsx?$/.test(path))
  const providers = new Set(
    [...tree.keys()].flatMap(path => /^src\/providers\/([^/]+)\//.exec(path)?.[1] ?? []),
  )
  return [
    ...[...tree.keys()].flatMap(path => folderTrouble(path, rules)),
    ...scripts.flatMap(([path, text]) => {
      const source = readSource(path, text)
      const troubles = [
        ...source.imports.flatMap(name => importTrouble(source, name, tree, rules)),
        ...(source.barrel ? ['only hands on what others export'] : []),
        ...nameTrouble(source, providers, rules),
        ...airTrouble(source, rules),
      ]
      return troubles.map(trouble => `${path}: ${trouble}`)
    }),
  ]
}

const roomOf = (path: string): string => path.split('/')[1] ?? ''
const isUnder = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`)

function folderTrouble(path: string, rules: Rules): readonly string[] {
  const folders = path.split('/').slice(0, -1)
  const forbidden = folders.find(folder => rules.forbiddenFolders.includes(folder))
  if (forbidden) return [`${path}: no folder is named ${forbidden}`]
  return rules.rooms[roomOf(path)] ? [] : [`${path}: ${roomOf(path)} is not in the table`]
}

function importTrouble(source: Source, name: string | null, tree: Tree, rules: Rules): readonly string[] {
  const room = rules.rooms[roomOf(source.path)]
  if (!room) return []
  if (name === null) return ['imports a computed name']
  const plain = name.replace(/\?.*$/, '')
  if (plain.startsWith('.')) return relativeTrouble(source.path, plain, room, tree)
  if (plain.startsWith('node:')) return room.node ? [] : [`may not import ${plain}`]
  const allowed = room.packages.some(one =>
    one.endsWith('/*') ? plain.startsWith(one.slice(0, -1)) : isUnder(plain, one),
  )
  return allowed ? [] : [`may not import ${plain}`]
}

function relativeTrouble(path: string, name: string, room: Room, tree: Tree): readonly string[] {
  if (posix.extname(name) === '') return [`imports ${name} without its extension`]
  const target = posix.join(posix.dirname(path), name)
  if (!tree.has(target)) return [`imports ${name}, which is not there`]
  const [, own, inner] = path.split('/')
  const [, other, innerOther = ''] = target.split('/')
  if (own !== other) {
    const allowed = room.ours.some(place => isUnder(target, `src/${place}`))
    return allowed ? [] : [`may not import ${target}`]
  }
  // Among providers: what all of them use, never a sibling nor the list of all.
  const ofOne = own === 'providers' && path.split('/').length > 3
  if (!ofOne || innerOther === inner) return []
  const sibling = target.split('/').length > 3 || innerOther === 'index.ts'
  return sibling ? [`may not import ${target}`] : []
}

function nameTrouble(source: Source, providers: ReadonlySet<string>, rules: Rules): readonly string[] {
  if (rules.knowProviders.some(place => isUnder(source.path, place))) return []
  return [...providers]
    .filter(id => !isUnder(source.path, `src/providers/${id}`))
    .filter(id => new RegExp(id.split('-').join('[-_ ]?'), 'i').test(source.code))
    .map(id => `knows the provider ${id} by name`)
}

function airTrouble(source: Source, rules: Rules): readonly string[] {
  if (!rules.handedIn.includes(roomOf(source.path))) return []
  return Object.entries(rules.fromTheAir)
    .filter(([, pattern]) => pattern.test(source.code))
    .map(([what]) => `takes ${what} from the air; it is handed in`)
}
