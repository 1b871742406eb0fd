import { ref } from 'vue'
import type { PortalSettings } from './embed/contract.ts'

/** The server's settings; until they are there, the product's own name. */
export const settings = ref<PortalSettings>({ embedOrigins: [], brand: { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' } } })

/** Reads `/portal/settings.json`. Where that fails, what is set stays. */
export async function loadSettings(): Promise<PortalSettings> {
  const response = await fetch('/portal/settings.json', { cache: 'no-store', credentials: 'omit' }).catch(() => undefined)
  if (response?.ok) settings.value = (await response.json()) as PortalSettings
  return settings.value
}
