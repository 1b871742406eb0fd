export type Language = 'zh-CN' | 'en'

/**
 * The language a reader prefers by `Accept-Language` (RFC 9110 §12.5.4): the first supported one among those
 * with the highest weight; English when none is supported.
 */
export function preferredLanguage(header: string | undefined): Language {
  let best: { language: Language; weight: number } | undefined
  for (const range of (header ?? '').split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
    const language = languageOf(tag.trim())
    const weight = weightOf(parameters)
    if (language && weight > (best?.weight ?? 0)) best = { language, weight }
  }
  return best?.language ?? 'en'
}

function languageOf(tag: string): Language | undefined {
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN'
  return tag === 'en' || tag.startsWith('en-') ? 'en' : undefined
}

function weightOf(parameters: string[]): number {
  const quality = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('q='))
  if (!quality) return 1
  const weight = Number(quality.slice(2))
  return weight >= 0 && weight <= 1 ? weight : 0
}
