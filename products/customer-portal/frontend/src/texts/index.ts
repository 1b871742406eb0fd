import { fill, type Values } from '@customer-portal/ui/texts/fill.ts'
import { shallowReactive, watch } from 'vue'
import type { Locale } from '../embed/contract.ts'
import { chooseLocale, locale } from '../preferences.ts'
import { loadTexts, type Texts } from './files.ts'

type Leaves<Branch> = {
  [Name in keyof Branch & string]: Branch[Name] extends string ? Name : `${Name}.${Leaves<Branch[Name]>}`
}[keyof Branch & string]
export type TextKey = Leaves<Texts>

const loaded = shallowReactive<Partial<Record<Locale, Texts>>>({})

async function show(next: Locale) {
  loaded[next] ??= await loadTexts(next)
}

/** Loads the texts of the reader's language, and those of another one when it is chosen. */
export async function startTexts() {
  watch(locale, (next) => void show(next))
  await show(locale.value)
}

/**
 * Goes over to the language that the reader chooses, once its texts are there: else the page would be drawn
 * twice, the first time in both.
 */
export async function switchLanguage(choice: Locale) {
  await show(choice).catch(() => undefined)
  chooseLocale(choice)
}

/**
 * The text of a key in the reader's language. Until that language is loaded, the other one stays on screen.
 */
export function t(key: TextKey, values: Values = {}, count?: number): string {
  let found: unknown = loaded[locale.value] ?? loaded['zh-CN'] ?? loaded.en
  for (const name of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[name]
  return typeof found === 'string' ? fill(found, values, count) : key
}

/** The texts, for a component. Keys are checked by the compiler. */
export const useTexts = () => ({ t })
