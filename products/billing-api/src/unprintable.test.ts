import { createSecretKey } from '@customer-portal/billing'
import { testDatabases, testServer } from '@customer-portal/http/testing'
import { expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

test('a text printed on invoices returns a notice when the fonts lack one of its characters, and none otherwise', async () => {
  const server = await testServer(testDatabases[0]!.create, (app, { engine }) =>
    registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
  )
  const { key } = await createSecretKey(server.engine, { name: 'test' })
  const call = async (method: 'PUT' | 'POST', url: string, payload: object) =>
    (
      await server.app.inject({
        method,
        url: `/api/billing${url}`,
        payload,
        headers: { authorization: `Bearer ${key}` },
      })
    ).json()
  const seller = {
    name: '星桥',
    taxId: '91330100799655058B',
    address: 'x',
    phone: 'x',
    bankName: '서울 은행',
    bankAccount: 'x',
    timezone: 'Asia/Shanghai',
  }
  const title = { kind: 'personal', title: '𠮷野' }
  const notices = {
    notices: [
      {
        code: 'unprintable_characters',
        detail: { 'zh-CN': expect.stringContaining('𠮷'), en: expect.stringContaining('𠮷') },
      },
    ],
  }
  expect(await call('PUT', '/seller', { ...seller, address: '𠮷' })).toMatchObject(notices)
  expect(await call('PUT', '/meters/rare', { name: '𠮷', unit: 'x' })).toMatchObject(notices)
  expect(
    await call('PUT', '/plans/rare', {
      name: { 'zh-CN': '𠮷', en: 'Rare' },
      fee: { amount: 0, per: 'subscription' },
    }),
  ).toMatchObject(notices)
  expect(await call('POST', '/customers', { id: 'rare', companyName: '𠮷野' })).toMatchObject(notices)
  expect(await call('PUT', '/customers/rare', { invoiceTitle: title })).toMatchObject(notices)
  expect(
    await call('PUT', '/customers/rare/discounts/one', {
      name: '𠮷',
      kind: 'fixed',
      value: 100,
      appliesTo: 'all',
      from: '2026-03-01',
    }),
  ).toMatchObject(notices)
  for (const answer of [
    await call('PUT', '/seller', seller),
    await call('PUT', '/meters/plain', { name: 'ไทย عربي', unit: 'x' }),
  ])
    expect(answer).not.toHaveProperty('notices')
  await server.close()
})
