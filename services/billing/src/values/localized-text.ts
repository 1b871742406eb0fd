/** A text that customers see, in both languages. */
export interface LocalizedText {
  'zh-CN': string
  en: string
}

/** The unit of a meter. `en` is the plural (answers); `one` is the singular (answer) where it differs. */
export interface Unit extends LocalizedText {
  one?: string
}

/** Returns both languages of a text; a plain string is used for both. */
export function localized(text: string | LocalizedText): LocalizedText {
  return typeof text === 'string' ? { 'zh-CN': text, en: text } : text
}

/**
 * Joins a name and the Chinese text after it, with a space where the name ends in a Latin letter or a digit:
 * "AI 回答用量", but "Token 用量".
 */
export function inChinese(name: LocalizedText, following: string): string {
  return `${name['zh-CN']}${/[a-z\d]$/i.test(name['zh-CN']) ? ' ' : ''}${following}`
}

/** A notice about a change, in both languages, with its numbers. */
export interface Notice {
  code: string
  detail: LocalizedText
}
