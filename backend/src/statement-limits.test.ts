import { createCustomer, createSecretKey, findMistakes, migrateBilling } from '@customer-portal/billing'
import { openDatabase } from '@customer-portal/database'
import { expect, test } from 'vitest'
import { buildServer } from './app.ts'
import { databaseOf, readSettings, type Environment, type Settings } from './environment.ts'
import { places } from './testing/place.ts'

function settingsWith(environment: Environment): Settings {
  const read = readSettings({ PORT: '0', LOG_LEVEL: 'silent', ...environment })
  if ('mistakes' in read) throw new Error(read.mistakes.join())
  return read.settings
}

test('statement limits apply to PostgreSQL and are set in seconds', () => {
  const limits = { STATEMENT_TIMEOUT_SECONDS: '2', LONG_STATEMENT_TIMEOUT_SECONDS: '600' }
  const databaseUrl = 'postgres://u:p@db:5432/portal'
  expect(databaseOf(settingsWith({ DATABASE_URL: databaseUrl, ...limits }))).toEqual({
    databaseUrl,
    statementTimeout: 2_000,
    longStatementTimeout: 600_000,
  })
  expect(databaseOf(settingsWith({ DATABASE_URL: databaseUrl }))).toEqual({ databaseUrl })
  expect(databaseOf(settingsWith({ DATA_DIR: '/data', ...limits }))).toEqual({ dataDir: '/data' })
})

// PGlite has one session, so nothing could cancel a statement there.
test.each(places.filter(({ kind }) => kind === 'postgres'))(
  'a request whose statement takes too long is answered 503 at its limit, and a longer check continues, on $name',
  async ({ create }) => {
    const place = await create()
    const settings = settingsWith({ ...place.environment, STATEMENT_TIMEOUT_SECONDS: '1' })
    const database = await openDatabase(databaseOf(settings))
    await migrateBilling(database)
    const server = await buildServer(settings, { database })
    await createCustomer(server.engine, { id: 'acme', companyName: 'ACME' })
    const { key } = await createSecretKey(server.engine, { name: 'reader', scopes: ['admin'] })
    const list = (language: string) =>
      server.app.inject({
        url: '/api/billing/customers',
        headers: { authorization: `Bearer ${key}`, 'accept-language': language },
      })
    expect((await list('en')).statusCode).toBe(200)

    const other = await openDatabase(databaseOf(settings))
    let leave = () => {}
    const left = new Promise<void>((resolve) => (leave = resolve))
    let holding: Promise<void> | undefined
    await new Promise<void>((held) => {
      holding = other.asOwner(async (owner) => {
        await owner.query('lock table customers in access exclusive mode')
        held()
        await left
      })
    })
    const reconciled: string[] = []
    const proof = (async () => {
      for await (const mistake of findMistakes(server.engine, { onCustomer: (id) => reconciled.push(id) }))
        throw new Error(`a mistake: ${mistake.what}`)
    })()
    const [english, chinese] = await Promise.all([list('en'), list('zh-CN')])
    expect([english.statusCode, chinese.statusCode]).toEqual([503, 503])
    expect(english.json()).toMatchObject({
      code: 'database_unavailable',
      detail:
        'The database took longer than 1 s over this request. It was stopped and changed nothing: '
        + 'ask for a shorter range or fewer rows, or try again later.',
    })
    expect(chinese.json()).toMatchObject({ detail: expect.stringContaining('超过 1 秒') as string })
    expect(reconciled).toEqual([])
    leave()
    await holding
    await proof
    expect(reconciled).toEqual(['acme'])
    expect((await list('en')).statusCode).toBe(200)
    await other.close()
    await server.close()
    await database.close()
    await place.remove()
  },
)
