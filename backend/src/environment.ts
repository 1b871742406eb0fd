import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseLocation } from '@customer-portal/database'
import { limits } from '@customer-portal/billing'
import { readLogo, type Logo } from './brand/logo.ts'
import { instantOf } from './clock.ts'
import { parseEnvFile } from './env-file.ts'
import { Refused } from './refusal.ts'

/** The server's settings from the environment; see .env.example. */
export interface Settings {
  port: number
  host: string
  /** The data folder, when there is no `databaseUrl`. */
  dataDir: string
  databaseUrl?: string
  enableCustomerPortal: boolean
  enableAgentWorkbench: boolean
  /** The server's public address without a trailing slash; the listening address when absent. */
  publicUrl?: string
  /** Origins that may embed the portal, besides the server's own. */
  portalEmbedOrigins: string[]
  /** The product's name as shown in the portal, and its English name when that differs. */
  portalName?: string
  portalNameEn?: string
  /** For light and dark pages. */
  portalLogo?: Logo
  portalLogoDark?: Logo
  /** `#rrggbb`. */
  portalBrandColour?: string
  /** Where a reader finds help: a page or a mail address. */
  portalSupportUrl?: string
  /** Whether the portal compares plans on the customer's usage. */
  portalAdvice: boolean
  /** A secret key of the vendor's API, valid beside the existing ones. */
  billingApiKey?: string
  /** Whether /docs shows the API references. */
  enableDocs: boolean
  demo: boolean
  /** The start of the test clock; the machine's clock when absent. */
  testClock?: string
  logLevel: LogLevel
  /** The number of the vendor's own proxies before the server, whose X-Forwarded headers are trusted. */
  trustProxy: number
  /** Months for which usage events are kept; forever when absent. */
  usageMonthsKept?: number
  /** Days for which ended portal sessions and entries of the activity feed are kept; forever when absent. */
  sessionDaysKept: number
  activityDaysKept?: number
  /**
   * Seconds after which an incomplete request is dropped, and a client that reads nothing of an answer is
   * disconnected.
   */
  bodyTimeoutSeconds?: number
  readerTimeoutSeconds?: number
  /**
   * PostgreSQL: the maximum duration of a request's statement, and of one of a check, an export or a billing
   * run.
   */
  statementTimeoutSeconds?: number
  longStatementTimeoutSeconds?: number
  /** A JSON file of questions and answers for the workbench's assistant. */
  workbenchFaq?: string
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type Environment = Record<string, string | undefined>

/**
 * The settings of the server and of every command: those of the folder's .env and of the process's
 * environment, which takes precedence. Throws Refused with a line for each mistake.
 */
export function loadSettings(folder = '.'): Settings {
  const file = resolve(folder, '.env')
  const result = readSettings({
    ...(existsSync(file) ? parseEnvFile(readFileSync(file, 'utf8')) : {}),
    ...process.env,
  })
  if ('mistakes' in result) throw new Refused(result.mistakes.join('\n'))
  return result.settings
}

/** The database location for `openDatabase`. */
export function databaseOf({
  databaseUrl,
  dataDir,
  statementTimeoutSeconds: statement,
  longStatementTimeoutSeconds: long,
}: Settings): DatabaseLocation {
  if (!databaseUrl) return { dataDir: resolve(dataDir) }
  return {
    databaseUrl,
    ...(statement === undefined ? {} : { statementTimeout: statement * 1000 }),
    ...(long === undefined ? {} : { longStatementTimeout: long * 1000 }),
  }
}

/** The server's address on its own machine. */
export const serverAddress = ({ host, port }: Settings) => `http://${host}:${port}`

/**
 * Reads the settings, or reports what is wrong with them: one line per variable, by name. An empty variable
 * counts as absent.
 */
export function readSettings(environment: Environment): { settings: Settings } | { mistakes: string[] } {
  const mistakes: string[] = []
  const read = <T>(name: string, absent: T, parse: (value: string) => T): T => {
    const value = environment[name]?.trim()
    if (!value) return absent
    try {
      return parse(value)
    } catch (error) {
      mistakes.push(
        `${name} ${error instanceof Error ? error.message : error}: `
          + 'it is '
          + `${name.includes('KEY') || name.includes('URL') ? 'another text' : JSON.stringify(value)}.`,
      )
      return absent
    }
  }
  const settings: Settings = {
    port: read('PORT', 8000, port),
    host: read('HOST', '127.0.0.1', host),
    dataDir: read('DATA_DIR', './data', (value) => value),
    databaseUrl: read('DATABASE_URL', undefined, databaseUrl),
    enableCustomerPortal: read('ENABLE_CUSTOMER_PORTAL', false, flag),
    enableAgentWorkbench: read('ENABLE_AGENT_WORKBENCH', false, flag),
    publicUrl: read('PUBLIC_URL', undefined, origin),
    portalEmbedOrigins: read('PORTAL_EMBED_ORIGINS', [], (value) => [
      ...new Set(
        value
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(origin),
      ),
    ]),
    portalName: read('PORTAL_NAME', undefined, productName),
    portalNameEn: read('PORTAL_NAME_EN', undefined, productName),
    portalLogo: read('PORTAL_LOGO', undefined, readLogo),
    portalLogoDark: read('PORTAL_LOGO_DARK', undefined, readLogo),
    portalBrandColour: read('PORTAL_BRAND_COLOR', undefined, colour),
    portalSupportUrl: read('PORTAL_SUPPORT_URL', undefined, supportUrl),
    portalAdvice: read('PORTAL_ADVICE', true, flag),
    billingApiKey: read('BILLING_API_KEY', undefined, secretKey),
    enableDocs: read('ENABLE_DOCS', true, flag),
    demo: read('DEMO', false, flag),
    testClock: read('TEST_CLOCK', undefined, instant),
    logLevel: read('LOG_LEVEL', 'info', logLevel),
    trustProxy: read('TRUST_PROXY', 0, hops),
    usageMonthsKept: read('USAGE_RETENTION_MONTHS', undefined, monthsKept),
    sessionDaysKept: read('SESSION_RETENTION_DAYS', limits.sessionDays, daysKept(1)),
    activityDaysKept: read('ACTIVITY_RETENTION_DAYS', undefined, daysKept(limits.minActivityDays)),
    bodyTimeoutSeconds: read('BODY_TIMEOUT_SECONDS', undefined, seconds),
    readerTimeoutSeconds: read('READER_TIMEOUT_SECONDS', undefined, seconds),
    statementTimeoutSeconds: read('STATEMENT_TIMEOUT_SECONDS', undefined, seconds),
    longStatementTimeoutSeconds: read('LONG_STATEMENT_TIMEOUT_SECONDS', undefined, longSeconds),
    workbenchFaq: read('WORKBENCH_FAQ', undefined, (value) => value),
  }
  return mistakes.length > 0 ? { mistakes } : { settings }
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) throw new Error('must be a port, 0 to 65535')
  return Number(value)
}

function host(value: string): string {
  if (!/^[\w.:-]+$/.test(value))
    throw new Error('must be a host name or an address, such as 127.0.0.1 or 0.0.0.0')
  return value
}

function flag(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new Error('must be true or false')
  return value === 'true'
}

function databaseUrl(value: string): string {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value))
    throw new Error('must look like postgres://user:password@host:5432/database')
  return value
}

function origin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const plain =
    url
    && ['http:', 'https:'].includes(url.protocol)
    && url.pathname === '/'
    && !url.search
    && !url.hash
    && !url.username
  if (!plain) throw new Error('must be an address without a path, such as https://billing.example.com')
  return url.origin
}

function productName(value: string): string {
  if (value.length > 40 || /\p{Cc}/u.test(value)) throw new Error('must be a name of at most 40 characters')
  return value
}

function colour(value: string): string {
  if (!/^#?[\da-f]{6}$/i.test(value))
    throw new Error('must be a colour of six hexadecimal digits, such as #0f62fe')
  return `#${value.replace('#', '').toLowerCase()}`
}

function supportUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const address =
    url?.protocol === 'mailto:'
      ? /^[^@]+@[^@]+$/.test(url.pathname)
      : url?.protocol === 'https:' && url.username === ''
  if (!url || !address)
    throw new Error(
      'must be a page or a mail address, such as https://help.example.com or mailto:help@example.com',
    )
  return url.href
}

function secretKey(value: string): string {
  if (!/^[\w.~+/=-]{20,200}$/.test(value))
    throw new Error('must be 20 to 200 letters, digits and any of _ . ~ + / = -')
  return value
}

function instant(value: string): string {
  try {
    return instantOf(value)
  } catch {
    throw new Error('must be an instant such as 2026-01-01T00:00:00Z')
  }
}

function hops(value: string): number {
  if (!/^\d$/.test(value)) throw new Error('must be the number of proxies before the server, 0 to 9')
  return Number(value)
}

function monthsKept(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) < limits.minMonthsKept)
    throw new Error(`must be a number of months, ${limits.minMonthsKept} or more`)
  return Number(value)
}

const daysKept =
  (fewest: number) =>
  (value: string): number => {
    if (!/^\d{1,5}$/.test(value) || Number(value) < fewest)
      throw new Error(`must be a number of days, ${fewest} or more`)
    return Number(value)
  }

function seconds(value: string): number {
  if (!/^\d{1,4}$/.test(value) || Number(value) < 1 || Number(value) > 3600)
    throw new Error('must be a number of seconds, 1 to 3600')
  return Number(value)
}

function longSeconds(value: string): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) < 60 || Number(value) > 604_800)
    throw new Error('must be a number of seconds, 60 to 604800 (a week)')
  return Number(value)
}

function logLevel(value: string): LogLevel {
  const level = logLevels.find((known) => known === value)
  if (!level) throw new Error(`must be one of ${logLevels.join(', ')}`)
  return level
}
