/** A text a customer may see, in both languages. */
export interface LocalizedText {
  'zh-CN': string
  en: string
}

/** A plain string stands for both languages. */
export function localized(text: string | LocalizedText): LocalizedText {
  return typeof text === 'string' ? { 'zh-CN': text, en: text } : text
}
