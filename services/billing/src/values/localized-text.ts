/** A text a customer may see, in both languages. */
export interface LocalizedText {
  'zh-CN': string
  en: string
}

/**
 * What is counted in: `en` for many (answers), `one` for one of them (answer), where that is another word.
 */
export interface Unit extends LocalizedText {
  one?: string
}

/** A plain string stands for both languages. */
export function localized(text: string | LocalizedText): LocalizedText {
  return typeof text === 'string' ? { 'zh-CN': text, en: text } : text
}

/**
 * A name and the Chinese text that follows it, set apart where the name ends in a Latin letter or a digit:
 * "AI 回答用量", but "Token 用量".
 */
export function inChinese(name: LocalizedText, following: string): string {
  return `${name['zh-CN']}${/[a-z\d]$/i.test(name['zh-CN']) ? ' ' : ''}${following}`
}

/** Something a customer must know about a change, in both languages, with the numbers. */
export interface Notice {
  code: string
  detail: LocalizedText
}
