import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine } from '@customer-portal/billing'
import { migrationsFolder } from '@customer-portal/billing/testing'
import { openDatabase } from '@customer-portal/database'
import { createDataDir } from '@customer-portal/database/testing'
import { afterEach, expect, test } from 'vitest'
import { key, serverProcess, type ServerProcess } from './testing/server-process.ts'

let server: ServerProcess | undefined
let folder: string | undefined
afterEach(async () => {
  await server?.kill()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** An SVG that takes minutes to render. */
const filters =
  '<feGaussianBlur stdDeviation="300"/><feMorphology operator="dilate" radius="200"/><feTurbulence numOctaves="1000" baseFrequency="0.01"/>'.repeat(
    60,
  )
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><filter id="f" x="-100" y="-100" '
  + 'width="10000" '
  + `height="10000">${filters}</filter>${'<g filter="url(#f)"><rect width="100" height="100"/></g>'.repeat(60)}</svg>`

const call = (method: string, path: string, body?: object) =>
  fetch(`${server!.url}/api/billing${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

test(
  'on a signal during native rendering the server ends within ten seconds, and answers other requests until then',
  { timeout: 180_000 },
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'native-work-'))
    await createDataDir(folder, { billing: migrationsFolder })
    server = await serverProcess({ DATA_DIR: folder })
    await server.start()
    const seller = {
      name: '甲',
      taxId: '91330100799655058B',
      address: 'a',
      phone: '1',
      bankName: 'b',
      bankAccount: '1',
      timezone: 'Asia/Shanghai',
    }
    expect((await call('PUT', '/seller', { ...seller, logo })).status).toBe(422)
    expect((await call('PUT', '/seller', seller)).status).toBe(200)
    await server.end()

    // Stored directly, as was possible before logos were rendered on upload.
    const database = await openDatabase({ dataDir: folder })
    await createEngine({
      db: database,
      now: () => '2026-03-01T00:00:00.000000Z',
      newId: (prefix) => `${prefix}_1`,
    }).transaction((tx) =>
      tx.query("update seller set details = details || jsonb_build_object('logo', $1::text)", [logo]),
    )
    await database.close()

    await server.start()
    await call('PUT', '/plans/p', { name: 'p', fee: { amount: 100, per: 'subscription' }, charges: [] })
    await call('POST', '/customers', { id: 'a', companyName: 'a' })
    expect((await call('POST', '/customers/a/subscription', { planId: 'p' })).status).toBe(201)
    const {
      data: [invoice],
    } = (await (await call('GET', '/customers/a/invoices')).json()) as { data: { id: string }[] }
    const pdf = call('GET', `/invoices/${invoice!.id}/pdf`).then(
      ({ status }) => status,
      () => 'hung up on',
    )
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await call('GET', '/customers/a')).status).toBe(200)
    const began = performance.now()
    await server.end()
    expect(performance.now() - began).toBeLessThan(10_500)
    expect([503, 'hung up on']).toContain(await pdf)
  },
)
