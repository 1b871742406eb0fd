import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Locale } from '@customer-portal/embed'
import { locale } from '../preferences.ts'
import type zh from './zh-CN.ts'

const load: Record<Locale, () => Promise<{ default: typeof zh }>> = {
  'zh-CN': () => import('./zh-CN.ts'),
  en: () => import('./en.ts'),
}

export const i18n = createI18n({
  legacy: false,
  locale: locale.value,
  fallbackLocale: locale.value,
  missingWarn: false,
  fallbackWarn: false,
  messages: {},
})
const composer = i18n.global as unknown as {
  locale: { value: string }
  availableLocales: string[]
  setLocaleMessage(locale: string, messages: unknown): void
}

async function show(next: Locale) {
  if (!composer.availableLocales.includes(next)) composer.setLocaleMessage(next, (await load[next]()).default)
  // Another choice may have come while this one was loading.
  if (locale.value === next) composer.locale.value = next
}

/** Loads the texts of the agent's language, and those of another one when it is chosen. */
export async function startTexts() {
  watch(locale, (next) => void show(next))
  await show(locale.value)
}
