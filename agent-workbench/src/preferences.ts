import { computed, ref, watchEffect } from 'vue'
import type { Locale, Theme } from '@customer-portal/embed'

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`workbench.${name}`)
  } catch {
    return null
  }
}

function store(name: string, value: string) {
  try {
    localStorage.setItem(`workbench.${name}`, value)
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

const isLocale = (text: string | null | undefined): text is Locale => text === 'zh-CN' || text === 'en'
const isTheme = (text: string | null): text is Theme =>
  text === 'light' || text === 'dark' || text === 'system'

const storedLocale = stored('locale')
const storedTheme = stored('theme')

/** The first language of the browser's that the desk has. */
function localeOfBrowser(): Locale {
  const languages = typeof navigator === 'undefined' ? [] : navigator.languages
  const known = languages
    .map((language) => language.toLowerCase())
    .find((language) => /^(zh|en)\b/.test(language))
  return known?.startsWith('en') ? 'en' : 'zh-CN'
}

export const locale = ref<Locale>(isLocale(storedLocale) ? storedLocale : localeOfBrowser())
export const theme = ref<Theme>(isTheme(storedTheme) ? storedTheme : 'system')

const systemDark = ref(false)
export const shownTheme = computed(() =>
  theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value,
)

export function chooseLocale(choice: Locale) {
  locale.value = choice
  store('locale', choice)
}

export function chooseTheme(choice: Theme) {
  theme.value = choice
  store('theme', choice)
}

/** The agent's own language, where none was chosen in this browser. */
export function suggestLocale(suggestion: Locale) {
  if (!isLocale(stored('locale'))) locale.value = suggestion
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
    document.documentElement.dataset.theme = shownTheme.value
  })
}
