import { computed, ref, watchEffect } from 'vue'
import type { Locale, Theme } from './embed/contract.ts'

/** Whether the portal stands in another page's frame. There nothing is stored, and the host says language and theme. */
export const embedded = typeof window !== 'undefined' && window.parent !== window

function stored(name: string): string | null {
  if (embedded) return null
  try {
    return localStorage.getItem(`portal.${name}`)
  } catch {
    return null
  }
}

function store(name: string, value: string) {
  if (embedded) return
  try {
    localStorage.setItem(`portal.${name}`, value)
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

const isLocale = (text: string | null | undefined): text is Locale => text === 'zh-CN' || text === 'en'
const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark' || text === 'system'

const storedLocale = stored('locale')
const storedTheme = stored('theme')

export const locale = ref<Locale>(isLocale(storedLocale) ? storedLocale : 'zh-CN')
export const theme = ref<Theme>(isTheme(storedTheme) ? storedTheme : 'system')

const systemDark = ref(false)
/** The theme on screen, with `system` resolved. */
export const shownTheme = computed(() => (theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value))

/** The reader's own choice, kept for the next visit. */
export function chooseLocale(choice: Locale) {
  locale.value = choice
  store('locale', choice)
}

export function chooseTheme(choice: Theme) {
  theme.value = choice
  store('theme', choice)
}

/** The language of the session or the account, where the reader has not chosen one here. */
export function suggestLocale(suggestion: string | null | undefined) {
  if (!embedded && !isLocale(stored('locale')) && isLocale(suggestion)) locale.value = suggestion
}

/** Keeps <html> in step with language and theme. */
export function applyPreferences() {
  const query = matchMedia('(prefers-color-scheme: dark)')
  systemDark.value = query.matches
  query.addEventListener('change', (event) => { systemDark.value = event.matches })
  watchEffect(() => {
    document.documentElement.lang = locale.value
    document.documentElement.dataset.theme = shownTheme.value
  })
}
