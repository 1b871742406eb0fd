import type { PortalAddress } from './address.ts'
import type { Height, Locale } from './contract.ts'

/**
 * The height until the portal reports its own. Not 0: a browser does not render a frame without area, so the
 * portal could not measure itself.
 */
const firstHeight = 480
const tallest = 100_000

/** The frame's title when the host gives none. */
export const titles: Record<Locale, string> = { 'zh-CN': '账户与订阅', en: 'Account & subscription' }

/** Creates the frame, detached and hidden. Styles are set one by one, which a strict style-src allows. */
export function createFrame(
  address: PortalAddress,
  { height, path, title }: { height: Height; path: string; title: string },
): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.allow = 'clipboard-write'
  frame.referrerPolicy = 'no-referrer'
  // On the same origin a sandbox with scripts and same-origin access protects nothing.
  if (!address.sameOrigin)
    frame.setAttribute(
      'sandbox',
      'allow-scripts allow-same-origin allow-forms allow-downloads allow-popups '
        + 'allow-popups-to-escape-sandbox',
    )
  Object.assign(frame.style, {
    display: 'block',
    width: '100%',
    border: '0',
    height: height === 'fill' ? '100%' : `${firstHeight}px`,
    opacity: '0',
  })
  frame.src = address.page(path)
  return frame
}

/** The message shown instead of a portal that cannot be shown, in both languages when none was given. */
export function apology(locale: Locale | null): HTMLElement {
  const message = {
    'zh-CN': '这里暂时无法显示，请联系网站管理员。',
    en: 'This can’t be shown here. Please contact the site’s administrator.',
  }
  const sentence = document.createElement('p')
  sentence.dataset.customerPortal = 'failed'
  sentence.setAttribute('role', 'alert')
  sentence.textContent = locale ? message[locale] : `${message['zh-CN']} ${message.en}`
  Object.assign(sentence.style, { position: 'relative', margin: '0', padding: '24px', textAlign: 'center' })
  return sentence
}

/** Sets the frame to the height the portal needs. */
export function growTo(frame: HTMLIFrameElement, height: unknown): void {
  if (typeof height === 'number' && height > 0)
    frame.style.height = `${Math.min(Math.ceil(height), tallest)}px`
}

/** Opens a link of the portal in a new tab: http(s) only, and the opened page has no access to ours. */
export function openExternal(url: unknown): void {
  if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) return
  window.open(url, '_blank', 'noopener,noreferrer')
}
