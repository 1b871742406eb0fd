import { hash } from 'node:crypto'

/**
 * Returns JSON with sorted keys and no white space (RFC 8785 for the values we store): equal content has
 * equal bytes.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  let text = ''
  // Every recorded event passes here. Appending to a string takes a third of the time of joining arrays.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1)
      text += `${index === 0 ? '' : ','}${canonicalJson(value[index] ?? null)}`
    return `[${text}]`
  }
  // RFC 8785 sorts keys by UTF-16 code units.
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined)
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex')
}
