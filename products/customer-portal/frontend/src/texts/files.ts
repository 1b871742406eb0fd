import type { Locale } from '../embed/contract.ts'
import { embedded, stored } from '../storage.ts'
import type zh from './zh-CN.ts'

export type Texts = typeof zh

/**
 * The language to begin with: the one the reader has chosen here, saw last, or has their browser in; else
 * Chinese. As `public/shell.js`. In a frame the host says it.
 */
export function firstLocale(): Locale {
  const known = embedded
    ? undefined
    : [stored('locale'), stored('seen'), typeof window === 'undefined' ? undefined : navigator.language].find(
        (text) => /^(zh|en)/.test(text ?? ''),
      )
  return known?.startsWith('en') ? 'en' : 'zh-CN'
}

const load: Record<Locale, () => Promise<{ default: Texts }>> = {
  'zh-CN': () => import('./zh-CN.ts'),
  en: () => import('./en.ts'),
}

/** The texts of a language, which are a file of their own. */
export const loadTexts = async (locale: Locale): Promise<Texts> => (await load[locale]()).default
