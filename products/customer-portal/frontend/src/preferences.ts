import { createPreferences } from '@customer-portal/ui/preferences.ts'
import { ref, watchEffect } from 'vue'
import { store, stored } from './storage.ts'
import { firstLocale } from './texts/files.ts'

const preferences = createPreferences({ stored, store }, firstLocale())
export const { locale, theme, shownTheme, chooseLocale, chooseTheme } = preferences

/** Whether the host page has set the language. */
export const hostLocale = ref(false)

/**
 * The language of the session or the account, where neither the reader nor the page around has chosen one.
 */
export function suggestLocale(suggestion: string | null | undefined) {
  if (!hostLocale.value) preferences.suggestLocale(suggestion)
}

/** Keeps <html> in step with language and theme, and the language for what the next visit shows first. */
export function applyPreferences() {
  preferences.applyPreferences()
  watchEffect(() => store('seen', locale.value))
}
