import { ref } from 'vue'
import type { PortalSettings } from './embed/contract.ts'

/** The settings that the server writes into the page, so that the first paint is right without a request. */
function settingsOfPage(): PortalSettings | undefined {
  const told =
    typeof document === 'undefined'
      ? undefined
      : document.querySelector<HTMLMetaElement>('meta[name=portal-settings]')?.content
  return told ? (JSON.parse(told) as PortalSettings) : undefined
}

const brought = settingsOfPage()

/** The server's settings; until they are loaded, the product's own name. */
export const settings = ref<PortalSettings>(
  brought ?? {
    embedOrigins: [],
    brand: { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' }, logo: null, supportUrl: null },
    advice: true,
  },
)

/**
 * Returns the page's own settings, or loads `/portal/settings.json` when the page was not sent by our server.
 * On failure the current ones stay.
 */
export async function loadSettings(): Promise<PortalSettings> {
  if (brought) return brought
  const response = await fetch('/portal/settings.json', { cache: 'no-store', credentials: 'omit' }).catch(
    () => undefined,
  )
  if (response?.ok) settings.value = (await response.json()) as PortalSettings
  return settings.value
}
