import { ref } from 'vue'
import type { Brand, PortalSettings } from './embed/contract.ts'

/** The server's settings; until they are there, the brand that the page brought along. */
export const settings = ref<PortalSettings>({ embedOrigins: [], brand: brandOfPage() })

/** The server writes the brand into the page, so that the first paint is right. A page that it did not send shows the product's own name. */
function brandOfPage(): Brand {
  const told = typeof document === 'undefined' ? undefined : document.querySelector<HTMLMetaElement>('meta[name=portal-brand]')?.content
  return told ? (JSON.parse(told) as Brand) : { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' }, logo: null, supportUrl: null }
}

/** Reads `/portal/settings.json`. Where that fails, what is set stays. */
export async function loadSettings(): Promise<PortalSettings> {
  const response = await fetch('/portal/settings.json', { cache: 'no-store', credentials: 'omit' }).catch(() => undefined)
  if (response?.ok) settings.value = (await response.json()) as PortalSettings
  return settings.value
}
