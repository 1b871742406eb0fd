import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { loadSettings, readSettings, type Environment } from './environment.ts'
import { Refused } from './refusal.ts'

const mark = fileURLToPath(
  new URL('../../products/customer-portal/frontend/public/favicon.svg', import.meta.url),
)
const settingsOf = (environment: Environment) => {
  const result = readSettings(environment)
  if ('mistakes' in result) throw new Error(result.mistakes.join('\n'))
  return result.settings
}
const mistakesOf = (environment: Environment) => {
  const result = readSettings(environment)
  return 'mistakes' in result ? result.mistakes : []
}

test('without settings the server listens on this machine only, and neither product is enabled', () => {
  expect(settingsOf({})).toMatchObject({
    port: 8000,
    host: '127.0.0.1',
    dataDir: './data',
    databaseUrl: undefined,
    enableCustomerPortal: false,
    enableAgentWorkbench: false,
    publicUrl: undefined,
    portalEmbedOrigins: [],
    demo: false,
    testClock: undefined,
    logLevel: 'info',
    sessionDaysKept: 30,
    activityDaysKept: undefined,
    portalName: undefined,
    portalNameEn: undefined,
    portalLogo: undefined,
    portalLogoDark: undefined,
    portalBrandColour: undefined,
    portalSupportUrl: undefined,
  })
})

test('an empty variable counts as absent', () => {
  expect(settingsOf({ PORT: '', DEMO: ' ' })).toMatchObject({ port: 8000, demo: false })
})

test('every variable is read', () => {
  expect(
    settingsOf({
      PORT: '0',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/portal',
      DATABASE_URL: 'postgres://u:p@db:5432/portal',
      ENABLE_CUSTOMER_PORTAL: 'true',
      ENABLE_AGENT_WORKBENCH: 'true',
      PUBLIC_URL: 'https://billing.example.com/',
      PORTAL_EMBED_ORIGINS: 'https://a.example.com, https://b.example.com:8443 https://a.example.com',
      BILLING_API_KEY: 'sk_live_0123456789abcdef',
      DEMO: 'false',
      TEST_CLOCK: '2026-01-01T08:00:00+08:00',
      LOG_LEVEL: 'warn',
      WORKBENCH_FAQ: './faq.json',
      TRUST_PROXY: '1',
      USAGE_RETENTION_MONTHS: '24',
      SESSION_RETENTION_DAYS: '90',
      ACTIVITY_RETENTION_DAYS: '400',
      BODY_TIMEOUT_SECONDS: '20',
      READER_TIMEOUT_SECONDS: '40',
      STATEMENT_TIMEOUT_SECONDS: '5',
      LONG_STATEMENT_TIMEOUT_SECONDS: '7200',
      PORTAL_ADVICE: 'false',
      ENABLE_DOCS: 'false',
      PORTAL_NAME: ' 星云客服 ',
      PORTAL_NAME_EN: 'Nebula',
      PORTAL_LOGO: mark,
      PORTAL_LOGO_DARK: mark,
      PORTAL_BRAND_COLOR: '0F766E',
      PORTAL_SUPPORT_URL: 'mailto:help@example.com',
    }),
  ).toEqual({
    portalAdvice: false,
    enableDocs: false,
    port: 0,
    host: '0.0.0.0',
    dataDir: '/var/lib/portal',
    databaseUrl: 'postgres://u:p@db:5432/portal',
    enableCustomerPortal: true,
    enableAgentWorkbench: true,
    publicUrl: 'https://billing.example.com',
    portalEmbedOrigins: ['https://a.example.com', 'https://b.example.com:8443'],
    billingApiKey: 'sk_live_0123456789abcdef',
    demo: false,
    testClock: '2026-01-01T00:00:00.000000Z',
    logLevel: 'warn',
    workbenchFaq: './faq.json',
    trustProxy: 1,
    usageMonthsKept: 24,
    sessionDaysKept: 90,
    activityDaysKept: 400,
    bodyTimeoutSeconds: 20,
    readerTimeoutSeconds: 40,
    statementTimeoutSeconds: 5,
    longStatementTimeoutSeconds: 7200,
    portalName: '星云客服',
    portalNameEn: 'Nebula',
    portalLogo: expect.objectContaining({ width: 24, height: 24 }),
    portalLogoDark: expect.anything(),
    portalBrandColour: '#0f766e',
    portalSupportUrl: 'mailto:help@example.com',
  })
})

test.each([
  ['PORT', '80000', 'PORT must be a port, 0 to 65535: it is "80000".'],
  ['PORT', '8e3', 'PORT must be a port, 0 to 65535: it is "8e3".'],
  ['HOST', 'a b', 'HOST must be a host name or an address, such as 127.0.0.1 or 0.0.0.0: it is "a b".'],
  ['ENABLE_CUSTOMER_PORTAL', 'yes', 'ENABLE_CUSTOMER_PORTAL must be true or false: it is "yes".'],
  [
    'PORTAL_EMBED_ORIGINS',
    'https://a.example.com/desk',
    'PORTAL_EMBED_ORIGINS must be an address without a path, such as https://billing.example.com: '
      + 'it is "https://a.example.com/desk".',
  ],
  [
    'PORTAL_EMBED_ORIGINS',
    '*',
    'PORTAL_EMBED_ORIGINS must be an address without a path, such as https://billing.example.com: it is "*".',
  ],
  ['TEST_CLOCK', 'tomorrow', 'TEST_CLOCK must be an instant such as 2026-01-01T00:00:00Z: it is "tomorrow".'],
  ['SESSION_RETENTION_DAYS', '0', 'SESSION_RETENTION_DAYS must be a number of days, 1 or more: it is "0".'],
  ['ACTIVITY_RETENTION_DAYS', '6', 'ACTIVITY_RETENTION_DAYS must be a number of days, 7 or more: it is "6".'],
  ['USAGE_RETENTION_MONTHS', '2', 'USAGE_RETENTION_MONTHS must be a number of months, 3 or more: it is "2".'],
  ['BODY_TIMEOUT_SECONDS', '0', 'BODY_TIMEOUT_SECONDS must be a number of seconds, 1 to 3600: it is "0".'],
  [
    'STATEMENT_TIMEOUT_SECONDS',
    '0',
    'STATEMENT_TIMEOUT_SECONDS must be a number of seconds, 1 to 3600: it is "0".',
  ],
  [
    'LONG_STATEMENT_TIMEOUT_SECONDS',
    '10',
    'LONG_STATEMENT_TIMEOUT_SECONDS must be a number of seconds, 60 to 604800 (a week): it is "10".',
  ],
  [
    'PORTAL_NAME',
    'N'.repeat(41),
    `PORTAL_NAME must be a name of at most 40 characters: it is "${'N'.repeat(41)}".`,
  ],
  ['PORTAL_LOGO', 'gone.svg', 'PORTAL_LOGO must name a file that exists: it is "gone.svg".'],
  ['PORTAL_LOGO', 'package.json', 'PORTAL_LOGO must name an SVG or a PNG file: it is "package.json".'],
  [
    'PORTAL_BRAND_COLOR',
    'teal',
    'PORTAL_BRAND_COLOR must be a colour of six hexadecimal digits, such as #0f62fe: it is "teal".',
  ],
  [
    'PORTAL_SUPPORT_URL',
    'javascript:alert(1)',
    'PORTAL_SUPPORT_URL must be a page or a mail address, such as https://help.example.com or '
      + 'mailto:help@example.com: it is another text.',
  ],
  [
    'PORTAL_SUPPORT_URL',
    'mailto:help',
    'PORTAL_SUPPORT_URL must be a page or a mail address, such as https://help.example.com or '
      + 'mailto:help@example.com: it is another text.',
  ],
  [
    'LOG_LEVEL',
    'loud',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent: it is "loud".',
  ],
])('an invalid %s (%s) is one line that names it', (name, value, line) => {
  expect(mistakesOf({ [name]: value })).toEqual([line])
})

test('all mistakes are reported at once, and secrets are not repeated', () => {
  const mistakes = mistakesOf({
    PORT: 'x',
    DATABASE_URL: 'mysql://root:hunter2@db',
    BILLING_API_KEY: 'short',
  })
  expect(mistakes).toHaveLength(3)
  expect(mistakes.join()).not.toMatch(/hunter2|short/)
})

test('the settings are those of the .env, and the environment wins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'environment-'))
  writeFileSync(join(folder, '.env'), 'PORT=8001\nHOST=0.0.0.0\nPORTAL_BRAND_COLOR=#0f766e\n')
  vi.stubEnv('PORT', '8002')
  expect(loadSettings(folder)).toMatchObject({ port: 8002, host: '0.0.0.0', portalBrandColour: '#0f766e' })
  vi.stubEnv('PORT', 'x')
  vi.stubEnv('DEMO', 'x')
  expect(() => loadSettings(folder)).toThrow(
    new Refused('PORT must be a port, 0 to 65535: it is "x".\nDEMO must be true or false: it is "x".'),
  )
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})
