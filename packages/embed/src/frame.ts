import type { PortalAddress } from './address.ts'
import type { Height, Locale } from './contract.ts'

/**
 * Until the portal has said how tall it is. Not 0: a browser does not draw a frame without area, and what is
 * not drawn cannot be measured.
 */
const firstHeight = 480
const tallest = 100_000

/** What the frame is called where the host does not say. */
export const titles: Record<Locale, string> = { 'zh-CN': '账户与订阅', en: 'Account & subscription' }

/**
 * Makes the frame, not yet in the page and not yet seen. Styles are set one by one, which a strict style-src
 * allows.
 */
export function createFrame(
  address: PortalAddress,
  { height, path, title }: { height: Height; path: string; title: string },
): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.allow = 'clipboard-write'
  frame.referrerPolicy = 'no-referrer'
  // On one origin a sandbox with scripts and same origin protects nothing.
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

/**
 * What stands in the frame's place where the portal can't be shown; in both languages where none was asked
 * for.
 */
export function apology(locale: Locale | null): HTMLElement {
  const said = {
    'zh-CN': '这里暂时无法显示，请联系网站管理员。',
    en: 'This can’t be shown here. Please contact the site’s administrator.',
  }
  const sentence = document.createElement('p')
  sentence.dataset.customerPortal = 'failed'
  sentence.setAttribute('role', 'alert')
  sentence.textContent = locale ? said[locale] : `${said['zh-CN']} ${said.en}`
  Object.assign(sentence.style, { position: 'relative', margin: '0', padding: '24px', textAlign: 'center' })
  return sentence
}

/** Gives the frame the height the portal asks for. */
export function growTo(frame: HTMLIFrameElement, height: unknown): void {
  if (typeof height === 'number' && height > 0)
    frame.style.height = `${Math.min(Math.ceil(height), tallest)}px`
}

/**
 * Opens a link of the portal in a new tab: only the web, and the page that is opened cannot reach back into
 * ours.
 */
export function openExternal(url: unknown): void {
  if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) return
  window.open(url, '_blank', 'noopener,noreferrer')
}
