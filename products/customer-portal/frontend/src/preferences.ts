import { computed, ref, watchEffect } from 'vue'
import type { Locale, Theme } from './embed/contract.ts'
import { store, stored } from './storage.ts'
import { firstLocale, isLocale } from './texts/files.ts'

const isTheme = (text: string | null): text is Theme =>
  text === 'light' || text === 'dark' || text === 'system'

const storedTheme = stored('theme')

export const locale = ref<Locale>(firstLocale())
export const theme = ref<Theme>(isTheme(storedTheme) ? storedTheme : 'system')

const systemDark = ref(false)
/** The theme on screen, with `system` resolved. */
export const shownTheme = computed(() =>
  theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value,
)

/** The reader's own choice, kept for the next visit. */
export function chooseLocale(choice: Locale) {
  locale.value = choice
  store('locale', choice)
}

export function chooseTheme(choice: Theme) {
  theme.value = choice
  store('theme', choice)
}

/** Whether the page around the portal has said in which language it is. */
export const hostLocale = ref(false)

/**
 * The language of the session or the account, where neither the reader nor the page around has chosen one.
 */
export function suggestLocale(suggestion: string | null | undefined) {
  if (!hostLocale.value && !isLocale(stored('locale')) && isLocale(suggestion)) locale.value = suggestion
}

/** Keeps <html> in step with language and theme. */
export function applyPreferences() {
  const query = matchMedia('(prefers-color-scheme: dark)')
  systemDark.value = query.matches
  query.addEventListener('change', (event) => {
    systemDark.value = event.matches
  })
  watchEffect(() => {
    document.documentElement.lang = locale.value
    store('seen', locale.value)
    document.documentElement.dataset.theme = shownTheme.value
  })
}
