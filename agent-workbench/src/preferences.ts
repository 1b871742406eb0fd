import type { Locale } from '@customer-portal/embed'
import { createPreferences, isLocale } from '@customer-portal/ui/preferences.ts'
import { browserStore } from '@customer-portal/ui/storage.ts'

const store = browserStore(() => localStorage, 'workbench')

/** The first language of the browser's that the desk has. */
function localeOfBrowser(): Locale {
  const languages = typeof navigator === 'undefined' ? [] : navigator.languages
  const known = languages
    .map((language) => language.toLowerCase())
    .find((language) => /^(zh|en)\b/.test(language))
  return known?.startsWith('en') ? 'en' : 'zh-CN'
}

const chosen = store.stored('locale')
export const { locale, theme, shownTheme, chooseLocale, chooseTheme, suggestLocale, applyPreferences } =
  createPreferences(store, isLocale(chosen) ? chosen : localeOfBrowser())
