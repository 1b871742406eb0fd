import type { Locale, Theme } from '@customer-portal/embed'
import { computed, ref, watchEffect } from 'vue'
import type { browserStore } from './storage.ts'

export const isLocale = (text: string | null | undefined): text is Locale => text === 'zh-CN' || text === 'en'
const isTheme = (text: string | null): text is Theme =>
  text === 'light' || text === 'dark' || text === 'system'

/**
 * The language and theme of a front end: those that the reader chose on an earlier visit, else `first` and
 * the system's.
 */
export function createPreferences({ stored, store }: ReturnType<typeof browserStore>, first: Locale) {
  const storedTheme = stored('theme')
  const locale = ref<Locale>(first)
  const theme = ref<Theme>(isTheme(storedTheme) ? storedTheme : 'system')
  const systemDark = ref(false)
  /** The theme in effect, with `system` resolved. */
  const shownTheme = computed(() =>
    theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value,
  )

  return {
    locale,
    theme,
    shownTheme,
    /** The user's own choice, stored for the next visit. */
    chooseLocale(choice: Locale) {
      locale.value = choice
      store('locale', choice)
    },
    chooseTheme(choice: Theme) {
      theme.value = choice
      store('theme', choice)
    },
    /** Applies the language that the server has for the user, unless one was chosen in this browser. */
    suggestLocale(suggestion: string | null | undefined) {
      if (!isLocale(stored('locale')) && isLocale(suggestion)) locale.value = suggestion
    },
    /** Updates <html> whenever the language or theme changes. */
    applyPreferences() {
      const query = matchMedia('(prefers-color-scheme: dark)')
      systemDark.value = query.matches
      query.addEventListener('change', (event) => {
        systemDark.value = event.matches
      })
      watchEffect(() => {
        document.documentElement.lang = locale.value
        document.documentElement.dataset.theme = shownTheme.value
      })
    },
  }
}
