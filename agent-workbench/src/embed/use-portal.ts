import { connect, WindowMessenger, type Connection, type RemoteProxy } from 'penpal'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { api, ApiError } from '../api.ts'
import { locale, theme } from '../preferences.ts'
import { toast } from '../toasts.ts'
import type { HostMethods, PortalMethods } from './contract.ts'

export type PortalState = { name: 'opening' } | { name: 'open' } | { name: 'silent' } | { name: 'refused'; error: unknown }

const patience = 10_000

/**
 * Talks to the portal in `frame`: only with that window and only at `origin`. The token goes to it by message, is kept nowhere here,
 * and is fetched anew when the portal asks for one.
 */
export function usePortal({ frame, origin, accountId, onNavigate }: { frame: Ref<HTMLIFrameElement | null>; origin: string; accountId: string; onNavigate: (path: string) => void }) {
  const state = ref<PortalState>({ name: 'opening' })
  let connection: Connection<PortalMethods> | undefined
  let portal: RemoteProxy<PortalMethods> | undefined
  let alarm: ReturnType<typeof setTimeout> | undefined

  /** Starts waiting, from the moment the frame's address is set. */
  function begin() {
    end()
    state.value = { name: 'opening' }
    alarm = setTimeout(() => { if (state.value.name === 'opening') state.value = { name: 'silent' } }, patience)
  }

  /** The frame has loaded a page, the first one or another: what was said to the one before is over. */
  function meet() {
    const remoteWindow = frame.value?.contentWindow
    if (!remoteWindow) return
    connection?.destroy()
    connection = connect<PortalMethods>({ messenger: new WindowMessenger({ remoteWindow, allowedOrigins: [origin] }), methods, timeout: patience })
    const current = connection
    current.promise.then((remote) => { if (connection === current) portal = remote }, () => undefined)
  }

  const methods: HostMethods = {
    ready: () => void welcome(connection),
    resize: () => undefined,
    navigate: (path) => { if (typeof path === 'string' && path.startsWith('/')) onNavigate(path) },
    requestToken: () => freshToken().catch(() => null),
    openExternal,
    toast: ({ kind, text }) => { toast({ kind: kind === 'success' || kind === 'error' ? kind : 'info', text: String(text) }) },
  }

  async function welcome(current: Connection<PortalMethods> | undefined) {
    try {
      const remote = await current?.promise
      if (!remote || connection !== current) return
      const token = await freshToken()
      if (token === null) return
      await remote.init({ token, theme: theme.value, locale: locale.value, height: 'fill', accountId })
      clearTimeout(alarm)
      state.value = { name: 'open' }
    } catch (error) {
      clearTimeout(alarm)
      if (connection === current) state.value = { name: 'refused', error }
    }
  }

  function end() {
    clearTimeout(alarm)
    connection?.destroy()
    connection = undefined
    portal = undefined
  }

  watch(theme, (choice) => void portal?.setTheme(choice))
  watch(locale, (choice) => void portal?.setLocale(choice))
  onBeforeUnmount(end)

  return { state, begin, meet, open: (path: string) => void portal?.open(path) }
}

/** Null when the agent's login is over: the workbench itself goes to its login then. */
async function freshToken(): Promise<string | null> {
  try {
    return (await api.portalToken()).token
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

/** The page that is opened must not reach back into this one, and only the web is opened. */
function openExternal(url: string) {
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) return
  window.open(url, '_blank', 'noopener,noreferrer')
}
