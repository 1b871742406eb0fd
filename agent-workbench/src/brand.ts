import type { Locale } from '@customer-portal/embed'
import { computed } from 'vue'
import { locale, shownTheme } from './preferences.ts'
import { t } from './texts/index.ts'

interface Picture {
  url: string
  width: number
  height: number
}
/** The vendor's brand, which the server inserts into the page; null for the workbench's own. */
interface Brand {
  name: Record<Locale, string> | null
  logo: { light: Picture; dark: Picture } | null
}

const told = document.querySelector<HTMLMetaElement>('meta[name=desk-brand]')?.content
const brand: Brand = told ? (JSON.parse(told) as Brand) : { name: null, logo: null }

/** The vendor's name, or what the desk is called by itself. */
export const brandName = computed(() => brand.name?.[locale.value] ?? t('brand'))
export const brandLogo = computed(() => brand.logo?.[shownTheme.value])
/** A wide logo contains the name, which is then not repeated beside it. */
export const isSpelt = computed(
  () => brandLogo.value !== undefined && brandLogo.value.width > 2 * brandLogo.value.height,
)
