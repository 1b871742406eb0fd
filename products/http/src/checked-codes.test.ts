import { BillingError } from '@customer-portal/billing'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp, describeApi, type App } from './index.ts'

const apps: App[] = []
async function appWith({ checkAnswers }: { checkAnswers: boolean }): Promise<App> {
  const app = await createApp({ checkAnswers })
  apps.push(app)
  await app.register(
    async (scoped) => {
      const api = scoped as unknown as App
      await describeApi(api, {
        name: 'things',
        title: 'Things',
        description: 'Things',
        tags: [],
        security: {},
        values: {},
        chinese: {},
        operations: { 'GET /{code}': { name: 'things.get', errors: ['plan_not_found'] } },
      })
      api.get(
        '/:code',
        { config: { scope: 'public' }, schema: { params: Type.Object({ code: Type.String() }) } },
        async (request) => {
          throw new BillingError(request.params.code as 'plan_not_found')
        },
      )
    },
    { prefix: '/api/things' },
  )
  await app.ready()
  return app
}

let checked: App
let usual: App
beforeAll(async () => {
  checked = await appWith({ checkAnswers: true })
  usual = await appWith({ checkAnswers: false })
})
afterAll(() => Promise.all(apps.map((app) => app.close())))

test.each(['plan_not_found', 'validation_failed'])(
  '%s, which the document names, is answered',
  async (code) => {
    expect((await checked.inject(`/api/things/${code}`)).json()).toMatchObject({ code })
  },
)

test('an undocumented code fails in tests and is answered elsewhere', async () => {
  const answer = await checked.inject('/api/things/meter_not_found')
  expect([answer.statusCode, answer.json()]).toMatchObject([
    500,
    { detail: 'GET /api/things/:code answers meter_not_found, which reference/operations.ts does not name' },
  ])
  expect((await usual.inject('/api/things/meter_not_found')).json()).toMatchObject({
    status: 404,
    code: 'meter_not_found',
  })
})

test('a request that no operation matches is answered as usual', async () => {
  expect((await checked.inject('/nowhere')).json()).toMatchObject({ code: 'not_found' })
  expect((await checked.inject({ method: 'POST', url: '/api/things/a' })).json()).toMatchObject({
    code: 'method_not_allowed',
  })
})
