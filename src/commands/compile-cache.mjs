// What Node made of our TypeScript is kept for the next start, which is then quicker and takes some 40 MB less: the
// compiler is not loaded for it. Loaded by `node --import` before all else, and JavaScript, so that it needs none itself.
import module from 'node:module'
import { join } from 'node:path'

// By the variable: threads and processes that are started look there too.
process.env.NODE_COMPILE_CACHE ??= join(
  import.meta.dirname,
  '..',
  '..',
  'node_modules',
  '.cache',
  'trackside',
)
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
