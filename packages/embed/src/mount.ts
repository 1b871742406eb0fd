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
  /** Opens another page of the portal: `/invoices`. */
  navigate(path: string): void
  /** Removes the frame and every listener. */
  destroy(): void
}

/** When a missing response is first diagnosed, and when it is reported whatever the reason. */
const diagnoseAfter = 3_000
const timeout = 10_000

/**
 * Mounts the portal into `element`. Throws a PortalError for an invalid option; later errors go to `onError`.
 */
export function mountPortal(element: HTMLElement, options: PortalOptions): PortalHandle {
  checkAll(element, options)
  const { height = 'fill', accountId = null, onReady, onNavigate, onError = report, onToast } = options
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
  /** The page the host asked for while the portal is not connected yet. */
  let pendingPath: string | undefined
  let begun = false
  let failed = false
  /** No token is valid any more, and the host has been notified. */
  let ended = false
  let stopFollowing: () => void = () => undefined

  /**
   * Calls a callback of the host. An error in it is the host's own: it is logged to the console and never
   * reaches the portal.
   */
  function callHost<Value>(callback: ((value: Value) => void) | undefined, value: Value) {
    if (signal.aborted) return
    try {
      callback?.(value)
    } catch (error) {
      reportError(error)
    }
  }

  function expire() {
    if (ended) return
    ended = true
    callHost(
      onError,
      new PortalError(
        'session_expired',
        'No token is valid any more: getToken answered null, or the portal refused the fresh one.',
      ),
    )
  }

  /** The token, or null when there is none, after notifying the host. */
  async function tokenOrNull(): Promise<string | null> {
    try {
      const token = await freshToken()
      if (token === null) expire()
      else ended = false
      return token
    } catch (error) {
      ended = true
      callHost(onError, error as PortalError)
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
            callHost(onToast, {
              kind: kind === 'success' || kind === 'error' ? kind : 'info',
              text: String(text),
            }),
        }
      : {}),
  }

  /** Starts a new connection when the frame has loaded a page; that of the previous page ends. */
  function startConnection() {
    connection?.destroy()
    portal = undefined
    if (!frame.contentWindow) return
    connection = connect<PortalMethods>({
      messenger: new WindowMessenger({ remoteWindow: frame.contentWindow, allowedOrigins: [address.origin] }),
      methods,
    })
    // Destroyed before a response.
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
      // The frame was removed or navigated meanwhile; its next `ready` starts over.
    }
  }

  function start(remote: RemoteProxy<PortalMethods>) {
    portal = remote
    if (pendingPath !== undefined) callPortal('open', pendingPath)
    pendingPath = undefined
    stopFollowing()
    if (height === 'auto')
      stopFollowing = followViewport(element, frame, (top, visible) =>
        callPortal('setViewport', top, visible),
      )
    callHost(onReady, undefined)
  }

  /** Calls a method of the portal when it is connected. A portal that went away meanwhile is no error. */
  function callPortal<Name extends keyof PortalMethods>(
    name: Name,
    ...what: Parameters<PortalMethods[Name]>
  ) {
    const method = portal?.[name] as ((...values: unknown[]) => Promise<unknown>) | undefined
    method?.(...what).catch(() => undefined)
  }

  function arrive(path: unknown) {
    if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || path === shown || pendingPath !== undefined)
      return
    turnTo(path)
    callHost(onNavigate, path)
  }

  function turnTo(path: string) {
    const isOtherPage = path.split('?', 1)[0] !== shown.split('?', 1)[0]
    shown = path
    // The portal cannot scroll the host's page, and a reader far down would see the end of the new page.
    if (height === 'auto' && isOtherPage && frame.getBoundingClientRect().top < 0)
      element.scrollIntoView({ block: 'start' })
  }

  function fail(error: PortalError) {
    if (begun || failed) return
    failed = true
    frame.style.visibility = 'hidden'
    // A host that handles errors shows them itself; otherwise the place would stay empty.
    if (!options.onError) frame.after(apology(locale))
    callHost(onError, error)
  }

  async function wonder() {
    const reason = begun || failed ? undefined : await whyNoAnswer(address, signal)
    if (reason) fail(reason)
    else
      after(timeout - diagnoseAfter, () =>
        fail(
          new PortalError(
            'handshake_timeout',
            `The portal at ${address.origin} did not begin within ${timeout / 1000} seconds.`,
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
  frame.addEventListener('load', startConnection, { signal })
  after(diagnoseAfter, () => void wonder())
  element.append(frame)

  return {
    setTheme(next) {
      check('theme', next)
      theme = next
      callPortal('setTheme', next)
    },
    setLocale(next) {
      check('locale', next)
      locale = next
      if (options.title === undefined) frame.title = titles[next]
      callPortal('setLocale', next)
    },
    navigate(path) {
      check('path', path)
      if (path === shown) return
      turnTo(path)
      if (portal) callPortal('open', path)
      else pendingPath = path
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

/** Reports to `onError`, or to the console without it. */
function report(error: PortalError) {
  console.error(`Customer Portal (${error.code}): ${error.message} ${error.remedy}`, error.cause ?? '')
}
