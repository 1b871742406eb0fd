import type { Height, Locale, PortalMessage, Theme } from './contract.ts'
import { PortalError } from './errors.ts'

export interface PortalOptions {
  /** The portal's address: `https://billing.example.com/portal`, or a path on your own origin. */
  url: string
  /**
   * Returns a fresh token from your own server, or null when your user's login has ended. Called once at the
   * start and whenever the portal needs another.
   */
  getToken: () => string | null | Promise<string | null>
  theme?: Theme | undefined
  locale?: Locale | undefined
  height?: Height | undefined
  /** The first page: `/usage`. */
  path?: string | undefined
  /** The frame's title for screen readers. */
  title?: string | undefined
  /** The customer the token should belong to; a token of another one ends the session. */
  accountId?: string | null | undefined
  /** The portal has its token and is visible. */
  onReady?: (() => void) | undefined
  /** The portal moved to another of its pages: mirror it in your URL. */
  onNavigate?: ((path: string) => void) | undefined
  onError?: ((error: PortalError) => void) | undefined
  /** Shows a message of the portal (height auto). Without it the portal shows it itself. */
  onToast?: ((message: PortalMessage) => void) | undefined
}

const themes: readonly unknown[] = ['light', 'dark', 'system'] satisfies Theme[]
const locales: readonly unknown[] = ['zh-CN', 'en'] satisfies Locale[]
const heights: readonly unknown[] = ['fill', 'auto'] satisfies Height[]

type Rule = [holds: (value: unknown) => boolean, wanted: string]
const isFunction = (value: unknown) => typeof value === 'function'
const isText = (value: unknown) => typeof value === 'string' && value.trim() !== ''
const rules: { [Name in keyof PortalOptions]-?: Rule } = {
  url: [
    isPortalUrl,
    "the portal's address without query and hash, such as 'https://billing.example.com/portal'",
  ],
  getToken: [isFunction, 'a function that answers a token or null'],
  theme: [(value) => themes.includes(value), "'light', 'dark' or 'system'"],
  locale: [(value) => locales.includes(value), "'zh-CN' or 'en'"],
  height: [(value) => heights.includes(value), "'fill' or 'auto'"],
  path: [
    (value) => typeof value === 'string' && value.startsWith('/'),
    "a page of the portal that starts with a slash, such as '/usage'",
  ],
  title: [isText, 'a text'],
  accountId: [(value) => value === null || isText(value), "a customer's id or null"],
  onReady: [isFunction, 'a function'],
  onNavigate: [isFunction, 'a function'],
  onError: [isFunction, 'a function'],
  onToast: [isFunction, 'a function'],
}
const required: readonly string[] = ['url', 'getToken'] satisfies (keyof PortalOptions)[]

function isPortalUrl(value: unknown): boolean {
  if (!isText(value)) return false
  try {
    const { protocol, search, hash, username } = new URL(value as string, 'https://own.invalid')
    return /^https?:$/.test(protocol) && search + hash + username === ''
  } catch {
    return false
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`
  return value === null || ['undefined', 'number', 'boolean'].includes(typeof value)
    ? String(value)
    : `a value of type ${typeof value}`
}

/** Throws with a sentence when an option has an invalid value. */
export function check(name: keyof PortalOptions, value: unknown): void {
  const [holds, wanted] = rules[name]
  if (!holds(value))
    throw new PortalError('bad_options', `\`${name}\` must be ${wanted}, not ${shown(value)}.`)
}

/** Throws with a sentence when the element or an option is wrong, missing or unknown. */
export function checkAll(element: unknown, options: unknown): void {
  if (!(element instanceof HTMLElement))
    throw new PortalError(
      'bad_options',
      `The first argument must be the element that the portal goes into, not ${shown(element)}.`,
    )
  if (typeof options !== 'object' || options === null)
    throw new PortalError(
      'bad_options',
      'The second argument must be an object with at least `url` and `getToken`.',
    )
  for (const name of new Set([...required, ...Object.keys(options)])) {
    if (!(name in rules))
      throw new PortalError(
        'bad_options',
        `There is no option \`${name}\`. There are ${Object.keys(rules).join(', ')}.`,
      )
    const value = (options as Record<string, unknown>)[name]
    if (value !== undefined || required.includes(name)) check(name as keyof PortalOptions, value)
  }
}
