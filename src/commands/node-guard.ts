/** Why this Node cannot run Trackside, or null. SQLite's binding crashes on Node 20 without a word. */
export function nodeTrouble(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 12)) return null
  return (
    `Trackside needs Node 22.12 or newer, and this is ${version}.\n` +
    'Use the commands in package.json, which bring their own Node 24: npm start, npm run serve, npm run cli, …'
  )
}

const trouble = nodeTrouble(process.versions.node)
if (trouble !== null) {
  console.error(trouble)
  process.exit(2)
}
