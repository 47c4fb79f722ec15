import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { parseSync } from 'oxc-parser'

/** Path from the project's root, with slashes → text. */
export type Tree = ReadonlyMap<string, string>

export interface Source {
  readonly path: string
  /** What it imports, type or not, lazily or not; null for an import whose name is computed. */
  readonly imports: readonly (string | null)[]
  /** The code with its comments blanked out. */
  readonly code: string
  /** Whether it only hands on what others export. */
  readonly barrel: boolean
}

type Node = { readonly type: string; readonly [field: string]: unknown }

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** Every file under a folder of the project. */
export function readTree(root: string, folder: string): Tree {
  const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = names
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .map(path => path.split(sep).join(posix.sep))
  return new Map(files.sort().map(path => [path, readFileSync(join(root, path), 'utf8')]))
}

/** Reads a file as the compiler would. A file that cannot be read is an error, never an empty list. */
export function readSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const imports: (string | null)[] = []
  walk(program, node => {
    if (IMPORTING.has(node.type) && isNode(node.source)) imports.push(literal(node.source))
  })
  const body = program.body as readonly unknown[] as readonly Node[]
  return {
    path,
    imports,
    code: comments.reduce((code, { start, end }) => blank(code, start, end), text),
    barrel: body.some(exports) && body.every(node => exports(node) || node.type === 'ImportDeclaration'),
  }
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ImportExpression',
  'TSImportType',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
])

function literal(node: Node): string | null {
  return typeof node.value === 'string' ? node.value : null
}

function exports(node: Node): boolean {
  return (
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && node.declaration === null)
  )
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  if (!isNode(value)) return
  visit(value)
  for (const field of Object.values(value)) if (typeof field === 'object') walk(field, visit)
}

function blank(code: string, start: number, end: number): string {
  return code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, ' ') + code.slice(end)
}
