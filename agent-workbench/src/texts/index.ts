import type { Locale } from '@customer-portal/embed'
import { createTexts } from '@customer-portal/ui/texts/texts.ts'
import { chooseLocale, locale } from '../preferences.ts'
import type zh from './zh-CN.ts'

const load: Record<Locale, () => Promise<{ default: typeof zh }>> = {
  'zh-CN': () => import('./zh-CN.ts'),
  en: () => import('./en.ts'),
}

export const { startTexts, switchLanguage, t } = createTexts({
  locale,
  chooseLocale,
  load: async (language) => (await load[language]()).default,
})

/** Returns the texts for a component. The compiler checks the keys. */
export const useTexts = () => ({ t })
