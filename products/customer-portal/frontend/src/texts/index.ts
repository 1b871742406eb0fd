import { createTexts, type KeyOf } from '@customer-portal/ui/texts/texts.ts'
import { chooseLocale, locale } from '../preferences.ts'
import { loadTexts, type Texts } from './files.ts'

export type TextKey = KeyOf<Texts>
export const { startTexts, switchLanguage, t } = createTexts({ locale, chooseLocale, load: loadTexts })

/** Returns the texts for a component. The compiler checks the keys. */
export const useTexts = () => ({ t })
