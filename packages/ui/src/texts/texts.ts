import type { Locale } from '@customer-portal/embed'
import { shallowReactive, watch, type Ref } from 'vue'
import { fill, type Values } from './fill.ts'

/** The keys of the texts, such as `usage.empty`: the compiler rejects a key that does not exist. */
export type KeyOf<Texts> = {
  [Name in keyof Texts & string]: Texts[Name] extends string ? Name : `${Name}.${KeyOf<Texts[Name]>}`
}[keyof Texts & string]

/**
 * The texts of a front end in the reader's language. `load` fetches those of a language, each a file of its
 * own; `chooseLocale` keeps the reader's choice.
 */
export function createTexts<Texts>({
  locale,
  chooseLocale,
  load,
}: {
  locale: Readonly<Ref<Locale>>
  chooseLocale: (choice: Locale) => void
  load: (locale: Locale) => Promise<Texts>
}) {
  const loaded = shallowReactive<{ [language in Locale]?: Texts }>({})

  async function show(next: Locale) {
    loaded[next] ??= await load(next)
  }

  return {
    /** Loads the texts of the current language, and those of another when it is chosen. */
    async startTexts() {
      watch(locale, (next) => void show(next))
      await show(locale.value)
    },

    /**
     * Switches the language once its texts are loaded; otherwise the page would render twice, first with both
     * languages mixed.
     */
    async switchLanguage(choice: Locale) {
      await show(choice).catch(() => undefined)
      chooseLocale(choice)
    },

    /** Returns the text of a key. Until a newly chosen language is loaded, the previous one stays. */
    t(key: KeyOf<Texts>, values: Values = {}, count?: number): string {
      let found: unknown = loaded[locale.value] ?? loaded['zh-CN'] ?? loaded.en
      for (const name of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[name]
      return typeof found === 'string' ? fill(found, values, count) : key
    },
  }
}
