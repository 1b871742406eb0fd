import { connect, WindowMessenger, type RemoteProxy } from 'penpal'
import { ref } from 'vue'
import type { Router } from 'vue-router'
import { locale, theme } from '../preferences.ts'
import { endSession } from '../session.ts'
import type { Height, HostMethods, PortalMethods } from './contract.ts'
import { renewByHost, takeHostToken } from './host-token.ts'

/** What the host has said about the frame: whether it grows with its content, and which part of it can be seen. */
const frame = ref<{ height: Height; viewport: { top: number; height: number } | null }>({ height: 'fill', viewport: null })

let host: RemoteProxy<HostMethods> | undefined
const patience = 20_000

function showSelf(height: Height) {
  frame.value = { ...frame.value, height }
  document.documentElement.dataset.height = height
}

function reportHeight(to: RemoteProxy<HostMethods>) {
  const content = document.querySelector('#app')
  if (!content) return
  let planned = 0
  // #app, not the document: the document is as tall as the frame, so the two would chase each other.
  new ResizeObserver(() => {
    if (frame.value.height !== 'auto') return
    cancelAnimationFrame(planned)
    planned = requestAnimationFrame(() => void to.resize(Math.ceil(content.getBoundingClientRect().height)))
  }).observe(content)
}

function methods(router: Router, started: () => void): PortalMethods {
  return {
    init(session) {
      theme.value = session.theme
      locale.value = session.locale
      showSelf(session.height)
      started()
      void takeHostToken(session.token, session.accountId)
    },
    setTheme(next) { theme.value = next },
    setLocale(next) { locale.value = next },
    setToken(token) { void takeHostToken(token) },
    setViewport(top, height) {
      frame.value = { ...frame.value, viewport: { top, height } }
      document.documentElement.style.setProperty('--viewport-top', `${top}px`)
      document.documentElement.style.setProperty('--viewport-height', `${height}px`)
    },
    open(path) { if (path.startsWith('/')) void router.push(path) },
  }
}

/**
 * Meets the page that frames the portal; pages of other origins than `allowedOrigins` are not heard.
 * Resolves when the host has offered a session, or never will.
 */
export async function joinHost(router: Router, allowedOrigins: string[]): Promise<void> {
  let started: () => void = () => undefined
  const begun = new Promise<boolean>((resolve) => { started = () => resolve(true) })
  const link = connect<HostMethods>({
    messenger: new WindowMessenger({ remoteWindow: window.parent, allowedOrigins }),
    methods: methods(router, started),
    timeout: patience,
  })
  try {
    host = await link.promise
  } catch {
    endSession('refused')
    return
  }
  const joined = host
  renewByHost(() => joined.requestToken())
  router.afterEach((to) => { void joined.navigate(pathFor(to)) })
  reportHeight(joined)
  void joined.ready()
  const heard = await Promise.race([begun, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patience))])
  if (!heard) endSession('refused')
}

function pathFor(to: { path: string; query: object }): string {
  const query = new URLSearchParams(Object.entries(to.query).filter(([name]) => name !== 'embed') as [string, string][])
  return query.size > 0 ? `${to.path}?${query}` : to.path
}

/** Height auto: the portal's own corner may be far out of sight, so the host shows the message. False where it does not. */
export function toastByHost(message: Parameters<HostMethods['toast']>[0]): boolean {
  if (!host || frame.value.height !== 'auto') return false
  void host.toast(message)
  return true
}
