/** The content encodings the server supports. */
export type Encoding = 'br' | 'gzip'

/**
 * The encodings a client accepts by `Accept-Encoding` (RFC 9110 §12.5.3), highest weight first and Brotli
 * before gzip; empty when the answer must be sent as it is.
 */
export function acceptedEncodings(header: string | undefined): Encoding[] {
  const weights = new Map<string, number>()
  for (const range of (header ?? '').split(',').slice(0, 20)) {
    const [name = '', ...parameters] = range.trim().toLowerCase().split(/ *; */)
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2))
    if (name) weights.set(name, weight >= 0 && weight <= 1 ? weight : 0)
  }
  const weightOf = (encoding: Encoding) => weights.get(encoding) ?? weights.get('*') ?? 0
  return (['br', 'gzip'] as const)
    .filter((encoding) => weightOf(encoding) > 0)
    .sort((a, b) => weightOf(b) - weightOf(a))
}

/** The `Vary` header with one more request header added. */
export function varying(vary: unknown, name: string): string {
  const known = typeof vary === 'string' && vary !== '' ? vary.split(/ *, */) : []
  return known.some((one) => one === '*' || one.toLowerCase() === name)
    ? known.join(', ')
    : [...known, name].join(', ')
}
