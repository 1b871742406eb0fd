import { missingGlyphMark, missingGlyphs } from './glyphs.ts'
import type { Notice } from '../../values/localized-text.ts'

const maxNamed = 20

/**
 * Adds notices to a response about the input's texts that invoices cannot print; texts in objects and lists
 * are included.
 */
export function withUnprintable<Answer extends object>(
  answer: Answer,
  entered: unknown,
): Answer & { notices?: Notice[] } {
  const notices = unprintable(textsIn(entered))
  return notices.length === 0 ? answer : { ...answer, notices }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * Returns a notice about the characters of texts that the invoice fonts cannot print. Empty where all can be
 * printed.
 */
export function unprintable(texts: readonly (string | null | undefined)[]): Notice[] {
  const missing = [...new Set(texts.flatMap((text) => (text ? missingGlyphs(text) : [])))].slice(0, maxNamed)
  if (missing.length === 0) return []
  return [
    {
      code: 'unprintable_characters',
      detail: {
        'zh-CN': `账单的 PDF 无法显示这些字符：${missing.join(' ')}，会以 ${missingGlyphMark} 代替。`,
        en:
          `The PDF of an invoice can’t show these characters: ${missing.join(' ')}. `
          + `${missingGlyphMark} stands in their place.`,
      },
    },
  ]
}
