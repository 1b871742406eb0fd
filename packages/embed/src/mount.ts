import { connect, WindowMessenger, type Connection, type RemoteProxy } from 'penpal'
import { portalAddress } from './address.ts'
import type { HostMethods, Locale, PortalMessage, PortalMethods, Theme } from './contract.ts'
import { whyNoAnswer } from './diagnosis.ts'
import { PortalError } from './errors.ts'
import { apology, createFrame, growTo, openExternal, titles } from './frame.ts'
import { check, checkAll, type PortalOptions } from './options.ts'
import { tokenSource } from './token.ts'
import { followViewport } from './viewport.ts'

export interface PortalHandle {
  setTheme(theme: Theme): void
  setLocale(locale: Locale): void
  /** Shows another page of the portal: `/invoices`. */
  navigate(path: string): void
  /** Takes the frame away and leaves nothing behind. */
  destroy(): void
}

/** When we begin to wonder why nothing answers, and when we say so whatever the reason. */
const wonderAfter = 3_000
const patience = 10_000

/**
 * Puts the portal into `element`. Throws a PortalError where an option is wrong; everything later goes to
 * `onError`.
 */
export function mountPortal(element: HTMLElement, options: PortalOptions): PortalHandle {
  checkAll(element, options)
  const { height = 'fill', accountId = null, onReady, onNavigate, onError = complain, onToast } = options
  let {
    theme = 'system',
    locale = null,
    path: shown = '/',
  } = options as PortalOptions & { locale?: Locale | null }
  const address = portalAddress(options.url, location.href)
  const frame = createFrame(address, {
    height,
    path: shown,
    title: options.title ?? titles[locale ?? 'zh-CN'],
  })
  const life = new AbortController()
  const { signal } = life
  const freshToken = tokenSource(options.getToken, signal)

  let connection: Connection<PortalMethods> | undefined
  /** The portal, once it has its session. */
  let portal: RemoteProxy<PortalMethods> | undefined
  /** Where the host wants it, while it is not there yet. */
  let wanted: string | undefined
  let begun = false
  let failed = false
  /** There is no valid token, and the host knows. */
  let over = false
  let stopFollowing: () => void = () => undefined

  /**
   * A mistake in the host's own function is the host's: it shows on its console and never reaches the portal.
   */
  function tell<Value>(callback: ((value: Value) => void) | undefined, value: Value) {
    if (signal.aborted) return
    try {
      callback?.(value)
    } catch (error) {
      reportError(error)
    }
  }

  function expire() {
    if (over) return
    over = true
    tell(
      onError,
      new PortalError(
        'session_expired',
        'No token is valid any more: getToken answered null, or the portal refused the fresh one.',
      ),
    )
  }

  /** Null where there is none, of which the host has been told. */
  async function tokenOrNull(): Promise<string | null> {
    try {
      const token = await freshToken()
      if (token === null) expire()
      else over = false
      return token
    } catch (error) {
      over = true
      tell(onError, error as PortalError)
      return null
    }
  }

  const methods: Omit<HostMethods, 'toast'> & Partial<HostMethods> = {
    ready: () => {
      if (connection) void welcome(connection)
    },
    resize: (wished) => {
      if (height === 'auto') growTo(frame, wished)
    },
    navigate: arrive,
    requestToken: tokenOrNull,
    sessionEnded: expire,
    openExternal,
    ...(onToast
      ? {
          toast: ({ kind, text }: PortalMessage) =>
            tell(onToast, {
              kind: kind === 'success' || kind === 'error' ? kind : 'info',
              text: String(text),
            }),
        }
      : {}),
  }

  /** The frame has loaded a page, the first one or another: what was said to the one before is over. */
  function meet() {
    connection?.destroy()
    portal = undefined
    if (!frame.contentWindow) return
    connection = connect<PortalMethods>({
      messenger: new WindowMessenger({ remoteWindow: frame.contentWindow, allowedOrigins: [address.origin] }),
      methods,
    })
    // Destroyed before anybody answered.
    connection.promise.catch(() => undefined)
  }

  async function welcome(current: Connection<PortalMethods>) {
    begun = true
    try {
      const remote = await current.promise
      const token = await tokenOrNull()
      if (connection !== current) return
      await remote.init({ token, theme, locale, height, accountId })
      if (connection !== current) return
      frame.style.opacity = frame.style.visibility = ''
      if (token !== null) start(remote)
    } catch {
      // The frame went away, or to another page, in the middle: its next `ready` begins anew.
    }
  }

  function start(remote: RemoteProxy<PortalMethods>) {
    portal = remote
    if (wanted !== undefined) say('open', wanted)
    wanted = undefined
    stopFollowing()
    if (height === 'auto')
      stopFollowing = followViewport(element, frame, (top, visible) => say('setViewport', top, visible))
    tell(onReady, undefined)
  }

  /** Says something to the portal when it is there. That it went away meanwhile is no error. */
  function say<Name extends keyof PortalMethods>(name: Name, ...what: Parameters<PortalMethods[Name]>) {
    const method = portal?.[name] as ((...values: unknown[]) => Promise<unknown>) | undefined
    method?.(...what).catch(() => undefined)
  }

  function arrive(path: unknown) {
    if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path === shown || wanted !== undefined)
      return
    turnTo(path)
    tell(onNavigate, path)
  }

  function turnTo(path: string) {
    const isOtherPage = path.split('?', 1)[0] !== shown.split('?', 1)[0]
    shown = path
    // The portal cannot scroll our page: a reader far down would see the end of the new one.
    if (height === 'auto' && isOtherPage && frame.getBoundingClientRect().top < 0)
      element.scrollIntoView({ block: 'start' })
  }

  function fail(error: PortalError) {
    if (begun || failed) return
    failed = true
    frame.style.visibility = 'hidden'
    // A page that hears of errors shows them itself; on another the place would stay empty.
    if (!options.onError) frame.after(apology(locale))
    tell(onError, error)
  }

  async function wonder() {
    const reason = begun || failed ? undefined : await whyNoAnswer(address, signal)
    if (reason) fail(reason)
    else
      after(patience - wonderAfter, () =>
        fail(
          new PortalError(
            'handshake_timeout',
            `The portal at ${address.origin} did not begin within ${patience / 1000} seconds.`,
          ),
        ),
      )
  }

  function after(wait: number, act: () => void) {
    if (signal.aborted) return
    const alarm = setTimeout(act, wait)
    signal.addEventListener('abort', () => clearTimeout(alarm), { once: true })
  }

  document.addEventListener(
    'securitypolicyviolation',
    ({ effectiveDirective, blockedURI }) => {
      if (effectiveDirective === 'frame-src' && blockedURI.startsWith(address.origin))
        fail(
          new PortalError(
            'frame_blocked',
            `Your page's own Content-Security-Policy (frame-src) does not let it show ${address.origin}.`,
          ),
        )
    },
    { signal },
  )
  frame.addEventListener('load', meet, { signal })
  after(wonderAfter, () => void wonder())
  element.append(frame)

  return {
    setTheme(next) {
      check('theme', next)
      theme = next
      say('setTheme', next)
    },
    setLocale(next) {
      check('locale', next)
      locale = next
      if (options.title === undefined) frame.title = titles[next]
      say('setLocale', next)
    },
    navigate(path) {
      check('path', path)
      if (path === shown) return
      turnTo(path)
      if (portal) say('open', path)
      else wanted = path
    },
    destroy() {
      life.abort()
      stopFollowing()
      connection?.destroy()
      connection = portal = undefined
      element.querySelector('[data-customer-portal]')?.remove()
      frame.remove()
    },
  }
}

/** Where the host does not listen, its console does. */
function complain(error: PortalError) {
  console.error(`Customer Portal (${error.code}): ${error.message} ${error.remedy}`, error.cause ?? '')
}
