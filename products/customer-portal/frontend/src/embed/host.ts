import { connect, WindowMessenger, type RemoteProxy } from 'penpal'
import { ref, watch } from 'vue'
import type { Router } from 'vue-router'
import { hostLocale, locale, theme } from '../preferences.ts'
import { endSession, sessionState } from '../session.ts'
import type { Height, HostMethods, PortalMethods } from './contract.ts'
import { renewByHost, takeHostToken } from './host-token.ts'

/** Whether the frame grows with its content, as the host has chosen. */
const height = ref<Height>('fill')

let host: RemoteProxy<HostMethods> | undefined
const patience = 20_000

function reportHeight(to: RemoteProxy<HostMethods>) {
  const content = document.querySelector('#app')
  if (!content) return
  let planned = 0
  const plan = () => {
    if (height.value !== 'auto') return
    cancelAnimationFrame(planned)
    planned = requestAnimationFrame(() => void to.resize(Math.ceil(content.getBoundingClientRect().height)))
  }
  // #app, not the document: the document is as tall as the frame, so the two would grow in turns.
  new ResizeObserver(plan).observe(content)
  watch(height, plan)
}

/** The host opens external links: it decides whether, and in which tab. */
function passOnLinks(to: RemoteProxy<HostMethods>) {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null
    if (
      !link
      || event.defaultPrevented
      || !/^https?:$/.test(link.protocol)
      || link.origin === location.origin
    )
      return
    event.preventDefault()
    void to.openExternal(link.href)
  })
}

function methods(router: Router, started: () => void): PortalMethods {
  return {
    init(session) {
      theme.value = session.theme
      if (session.locale) locale.value = session.locale
      hostLocale.value = session.locale !== null
      height.value = session.height
      document.documentElement.dataset.height = session.height
      started()
      if (session.token === null) endSession('ended')
      else void takeHostToken(session.token, session.accountId)
    },
    setTheme(next) {
      theme.value = next
    },
    setLocale(next) {
      hostLocale.value = true
      locale.value = next
    },
    setToken(token) {
      void takeHostToken(token)
    },
    setViewport(top, visible) {
      document.documentElement.style.setProperty('--vp-top', `${top}px`)
      document.documentElement.style.setProperty('--vp-h', `${visible}px`)
    },
    // Replaces the history entry: the host has its own entry for it.
    open(path) {
      if (path.startsWith('/')) void router.replace(path)
    },
  }
}

/**
 * Connects to the page that frames the portal; messages from origins outside `allowedOrigins` are ignored.
 * Resolves when the host has offered a session, or never will.
 */
export async function joinHost(router: Router, allowedOrigins: string[]): Promise<void> {
  let started: () => void = () => undefined
  const begun = new Promise<boolean>((resolve) => {
    started = () => resolve(true)
  })
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
  router.afterEach((to) => {
    void joined.navigate(pathFor(to))
  })
  // Hosts built with an earlier version do not have this method.
  watch(sessionState, (state) => {
    if (state === 'ended') joined.sessionEnded().catch(() => undefined)
  })
  reportHeight(joined)
  passOnLinks(joined)
  void joined.ready()
  const heard = await Promise.race([
    begun,
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patience)),
  ])
  if (!heard) endSession('refused')
}

function pathFor(to: { path: string; query: object }): string {
  const query = new URLSearchParams(
    Object.entries(to.query).filter(([name]) => name !== 'embed') as [string, string][],
  )
  return query.size > 0 ? `${to.path}?${query}` : to.path
}

/**
 * Height auto: the portal's own corner may be far out of view, so the host may show the message. Returns
 * false when it does not.
 */
export async function toastByHost(message: Parameters<HostMethods['toast']>[0]): Promise<boolean> {
  if (!host || height.value !== 'auto') return false
  return host.toast(message).then(
    () => true,
    () => false,
  )
}
