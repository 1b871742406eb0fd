import { createApp, type App } from '@customer-portal/http'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings, type Settings } from '../environment.ts'
import { whiteLabelOf, type WhiteLabel } from './brand.ts'
import type { Logo } from './logo.ts'
import { brandedDesk, brandedPage, serveBrandFiles } from './pages.ts'

const html = readFileSync(
  new URL('../../../products/customer-portal/frontend/index.html', import.meta.url),
  'utf8',
)
const wide: Logo = {
  type: 'image/svg+xml',
  body: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 24"><script>alert(1)</script></svg>',
  ),
  width: 120,
  height: 24,
}
const square: Logo = { type: 'image/png', body: Buffer.from('png'), width: 64, height: 64 }

function labelWith(brand: Partial<Settings>) {
  const read = readSettings({})
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  return whiteLabelOf({ ...read.settings, ...brand })
}

const settingsOf = ({ brand }: WhiteLabel) => ({ embedOrigins: ['https://desk.example.com'], brand })
const label = labelWith({
  portalName: 'Q&A <客服>',
  portalLogo: wide,
  portalLogoDark: square,
  portalBrandColour: '#c8102e',
  portalSupportUrl: 'https://help.example.com/',
})
let app: App
beforeAll(async () => {
  app = await createApp()
  serveBrandFiles(app, label)
})
afterAll(() => app.close())

test('a logo is served so that it can run and load nothing, and is cached forever under a name made from its content', async () => {
  const answer = await app.inject(label.brand.logo!.light.url)
  expect([answer.statusCode, answer.body]).toEqual([200, wide.body.toString()])
  expect(answer.headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
  })
  expect(labelWith({ portalLogo: { ...wide, body: Buffer.from('other') } }).brand.logo!.light.url).not.toBe(
    label.brand.logo!.light.url,
  )
  expect((await app.inject(label.brand.logo!.dark.url)).headers['content-type']).toBe('image/png')
})

test('the page contains its name, colour, icon and settings, with the name escaped', () => {
  const page = brandedPage(html, settingsOf(label), label)
  expect(page).toContain('<title>Q&amp;A &lt;客服&gt;</title>')
  expect(page).toContain(`<link rel="stylesheet" href="${label.stylesheet!.url}"></head>`)
  expect(page).toContain(`<link rel="icon" href="${label.icon!.url}" type="image/svg+xml">`)
  const [, content] = /<meta name="portal-settings" content="([^"]*)">/.exec(page)!
  expect(
    JSON.parse(
      content!
        .replaceAll('&quot;', '"')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    ),
  ).toEqual({ embedOrigins: ['https://desk.example.com'], brand: label.brand })
})

test('the workbench page has the vendor’s name, logo and colour, or its own where none is set', () => {
  const desk = readFileSync(new URL('../../../agent-workbench/index.html', import.meta.url), 'utf8')
  const broughtBy = (page: string) => {
    const [, content] = /<meta name="desk-brand" content="([^"]*)">/.exec(page)!
    return JSON.parse(
      content!
        .replaceAll('&quot;', '"')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    ) as unknown
  }
  const page = brandedDesk(desk, label)
  expect(page).toContain('<title>Q&amp;A &lt;客服&gt;</title>')
  expect(page).toContain(`<link rel="stylesheet" href="${label.stylesheet!.url}"></head>`)
  expect(broughtBy(page)).toEqual({ name: label.brand.name, logo: label.brand.logo })
  const plain = brandedDesk(desk, labelWith({}))
  expect([plain.includes('<title>坐席工作台</title>'), broughtBy(plain)]).toEqual([
    true,
    { name: null, logo: null },
  ])
})

test('the stylesheet is served with its type', async () => {
  const answer = await app.inject(label.stylesheet!.url)
  expect([answer.headers['content-type'], answer.body]).toEqual([
    'text/css; charset=utf-8',
    expect.stringContaining('--brand:#c8102e'),
  ])
})

test('a square logo is also the icon; for a wide one the icon is the mark in the brand’s colour', () => {
  expect(labelWith({ portalLogo: square }).icon!.type).toBe('image/png')
  expect(labelWith({ portalLogo: wide }).icon).toBeUndefined()
  expect(label.icon!.body.toString()).toContain('fill="#c8102e"')
})

test('one logo serves both themes, one name both languages', () => {
  const { brand } = labelWith({ portalLogo: wide, portalName: '星云客服' })
  expect(brand.logo!.dark).toEqual(brand.logo!.light)
  expect(brand.name).toEqual({ 'zh-CN': '星云客服', en: '星云客服' })
})

test('without settings the page keeps its own colour and icon', () => {
  const own = labelWith({})
  const page = brandedPage(html, settingsOf(own), own)
  expect(page.match(/<link [^>]*>/g)).toEqual(html.match(/<link [^>]*>/g))
  expect(page).toContain('<title>客户控制台</title>')
})
