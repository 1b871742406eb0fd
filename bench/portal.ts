import type { Page } from 'playwright-core'
import { buildFrontEnds } from '../scripts/front-ends.mjs'
import { provideChromium } from '../scripts/test-tools.mjs'
import type { Bench, Benchmark, Comparison, Run } from './benchmark.ts'
import { customerId } from './customers.ts'
import { lazily } from './lazily.ts'
import { interact, loadPage, slowedBy, type Visit } from './load/browse.ts'
import { startPortal, type Location } from './program.ts'
import { storeOnPostgres } from './stored.ts'

/** Durations people do not notice: for a page, and for the response to an action. */
const maxForPage = 1200
const maxForInteraction = 100
const demo = { ENABLE_AGENT_WORKBENCH: 'true', DEMO: 'true' }

const pages = ['/', '/usage', '/subscription', '/invoices', '/account']

interface Interaction {
  name: string
  path: string
  act: (page: Page) => Promise<void>
  prepare?: (page: Page) => Promise<void>
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first()
const choosePreset = (page: Page) => button(page, '近 30 天').click()
const openRanges = (page: Page) => button(page, /本计费周期/).click()
const interactions: Interaction[] = [
  { name: 'open the ranges', path: '/usage', act: openRanges },
  { name: 'switch the range', path: '/usage', prepare: openRanges, act: choosePreset },
  {
    name: 'switch the chart',
    path: '/usage',
    act: (page) => page.getByRole('radio', { name: 'Token' }).click(),
  },
  {
    name: 'pay by the year',
    path: '/subscription',
    act: (page) => page.getByRole('radio', { name: /按年/ }).click(),
  },
  { name: 'open the upgrade', path: '/subscription', act: (page) => button(page, '升级到商业版').click() },
  {
    name: 'open an invoice',
    path: '/invoices',
    act: (page) => page.getByRole('link', { name: /^INV-/ }).filter({ visible: true }).first().click(),
  },
  {
    name: 'open a line',
    path: '/invoices',
    act: (page) => button(page, '这个金额怎么来的').click(),
    prepare: async (page) => {
      await page.getByRole('link', { name: /^INV-/ }).filter({ visible: true }).first().click()
      await button(page, '这个金额怎么来的').waitFor()
    },
  },
  { name: 'switch the language', path: '/account', act: (page) => button(page, /English/).click() },
]
const withMany: Interaction[] = [
  { name: 'switch the range, many events', path: '/usage', prepare: openRanges, act: choosePreset },
  {
    name: 'switch the chart, many events',
    path: '/usage',
    act: (page) => page.getByRole('radio', { name: 'messages', exact: true }).click(),
  },
]

/**
 * The portal in a browser on a throttled processor: the time until a page is ready, and until it responds.
 */
export const portal: Benchmark = {
  name: 'portal',
  count: 100_000,
  about: (count) =>
    `the portal in Chromium on a processor slowed ${slowedBy} times, nothing cached: `
    + `pages of the demo, and the usage of a customer with ${count.toLocaleString('en')} events in range`,
  async prepare(bench) {
    await provideChromium()
    const failures = await buildFrontEnds()
    if (failures.length > 0) throw new Error(failures.join('\n'))
    const ofDemo: Where = {
      location: lazily(() => fillDemo(bench)),
      customerId: 'test_customer',
      environment: demo,
    }
    const ofMany: Where = {
      location: lazily(async () => (await storeOnPostgres(bench, bench.count, 1, 'stored')).location),
      customerId: customerId(1),
      environment: {},
    }
    return {
      runs: [
        ...pages.map((path) => pageRun(path, ofDemo, path)),
        pageRun(manyEvents, ofMany, '/usage'),
        ...interactions.map((one) => interactionRun(one, ofDemo)),
        ...withMany.map((one) => interactionRun(one, ofMany)),
      ],
      comparisons,
    }
  },
}

const manyEvents = '/usage, many events'
const comparisons: Comparison[] = [
  ...[...pages, manyEvents].map((of): Comparison => ({ figure: 'LCP ms', of, atMost: maxForPage })),
  { figure: 'ready ms', of: manyEvents, atMost: maxForPage },
  ...[...interactions, ...withMany].map(({ name }): Comparison => ({
    figure: 'INP ms',
    of: name,
    atMost: maxForInteraction,
  })),
]

interface Where {
  location: () => Promise<Location>
  customerId: string
  environment: Record<string, string>
}

const pageRun = (name: string, where: Where, path: string): Run => ({
  name,
  measure: () =>
    visiting(where, path, async (visit) => {
      const { largest, ready } = await loadPage(visit)
      return { 'LCP ms': largest, 'ready ms': ready }
    }),
})

const interactionRun = ({ name, path, act, prepare }: Interaction, where: Where): Run => ({
  name,
  measure: () => visiting(where, path, async (visit) => ({ 'INP ms': await interact(visit, act, prepare) })),
})

/** On a server of its own, like every run. */
async function visiting<T>(
  { location, customerId, environment }: Where,
  path: string,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const server = await startPortal(await location(), environment)
  try {
    return await work({ port: server.port, customerId, path })
  } finally {
    await server.stop()
  }
}

/** The demo in a database of its own, which a server fills on its first start. */
async function fillDemo({ server, progress }: Bench): Promise<Location> {
  const location = { databaseUrl: await server.create('demo') }
  progress('filling the demo', 0, 0)
  await (await startPortal(location, demo)).stop()
  return location
}
