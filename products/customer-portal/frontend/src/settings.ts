import { ref } from 'vue'
import type { PortalSettings } from './embed/contract.ts'

/**
 * The server writes its settings into the page: the first paint is right, and nobody has to wait for them.
 */
function settingsOfPage(): PortalSettings | undefined {
  const told =
    typeof document === 'undefined'
      ? undefined
      : document.querySelector<HTMLMetaElement>('meta[name=portal-settings]')?.content
  return told ? (JSON.parse(told) as PortalSettings) : undefined
}

const brought = settingsOfPage()

/** The server's settings; until they are there, the product's own name. */
export const settings = ref<PortalSettings>(
  brought ?? {
    embedOrigins: [],
    brand: { name: { 'zh-CN': '客户控制台', en: 'Customer Portal' }, logo: null, supportUrl: null },
    advice: true,
  },
)

/**
 * The settings that the page brought along; else, where it was not our server that sent it, reads
 * `/portal/settings.json`. Where that fails, what is set stays.
 */
export async function loadSettings(): Promise<PortalSettings> {
  if (brought) return brought
  const response = await fetch('/portal/settings.json', { cache: 'no-store', credentials: 'omit' }).catch(
    () => undefined,
  )
  if (response?.ok) settings.value = (await response.json()) as PortalSettings
  return settings.value
}
