/** A plain XML spelling of an answer: what a client gets who forgets to ask for JSON. */
export function toXml(root: string, value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, value)}\n`
}

function element(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(item => element(name, item)).join('')
  if (value === null || value === undefined) return `<${name}/>`
  if (typeof value !== 'object') return `<${name}>${escaped(String(value))}</${name}>`
  const inner = Object.entries(value).map(([key, child]) => element(key, child))
  return `<${name}>${inner.join('')}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
