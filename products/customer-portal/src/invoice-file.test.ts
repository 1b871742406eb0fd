import {
  createCustomer,
  createPortalSession,
  createSubscription,
  generateInvoice,
  getInvoices,
  issueCreditNote,
  recordPayment,
  recordUsage,
  reversePayment,
} from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerPortalApi } from './index.ts'
import { invoiceFile } from './invoice-file.ts'

describe.each(testDatabases)('the file of invoices on $name', ({ create }) => {
  let server: TestServer
  const tokens: Record<string, string> = {}

  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) => registerPortalApi(app, { engine, secure: true }))
    await seedTwoCustomers(server)
    await createCustomer(server.engine, { id: 'new', companyName: 'new' })
    for (const customerId of ['acme', 'globex'])
      await generateInvoice(server.engine, { customerId, period: '2026-02' })
    for (const [who, customerId, locale] of [
      ['zh', 'acme', 'zh-CN'],
      ['en', 'acme', 'en'],
      ['new', 'new', 'en'],
    ] as const)
      tokens[who] = (await createPortalSession(server.engine, { customerId, role: 'viewer', locale })).token
    const { data } = await getInvoices(server.engine, { customerId: 'acme' })
    await recordPayment(server.engine, {
      invoiceId: data.at(-1)!.id,
      amount: data.at(-1)!.amountDue,
      method: 'bank_transfer',
      reference: 'r1',
    })
    await issueCreditNote(server.engine, { invoiceId: data[0]!.id, amount: 1_050, reason: 'sorry' })
  })
  afterAll(() => server.close())

  const request = (query = '', who = 'en') =>
    server.app.inject({
      url: `/api/portal/invoices/export${query}`,
      headers: { authorization: `Bearer ${tokens[who]}` },
    })
  const rows = async (query = '', who = 'en') =>
    parse((await request(query, who)).rawPayload, { bom: true }) as string[][]

  test("opens in a spreadsheet: with BOM, headings in the session's language, and computable dates and amounts", async () => {
    const answer = await request('?year=2026', 'zh')
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['content-language']]).toEqual([
      200,
      'text/csv; charset=utf-8',
      'zh-CN',
    ])
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="invoices-2026.csv"; filename*=UTF-8''${encodeURIComponent('账单-2026.csv')}`,
    )
    expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [headings, note, renewal, first] = await rows('', 'zh')
    expect(headings!.slice(0, 3)).toEqual(['账单编号', '类型', '状态'])
    expect(first!.slice(1)).toEqual([
      '首期账单',
      '已支付',
      '2026-02-01',
      '2026-02-28',
      '',
      '',
      '2026-02-01',
      expect.any(String),
      '2026-03-10',
      'CNY',
      '198.00',
      '0.00',
      '11.88',
      '209.88',
      '0.00',
      '0.00',
      '209.88',
      '0.00',
      '0.00',
      '0.00',
      '0.00',
      '0.00',
    ])
    expect([renewal![1], renewal![16], note![1], note![2], note![14]]).toEqual([
      '续费账单',
      '-10.50',
      '贷项凭证',
      '已出账',
      '-10.50',
    ])
  })

  test('each line agrees with the list of invoices', async () => {
    const { data } = await getInvoices(server.engine, { customerId: 'acme' })
    const [, ...lines] = await rows()
    expect(lines.map((line) => [line[0], line[14], line[19]])).toEqual(
      data.map((invoice) => [
        invoice.number,
        (invoice.total / 100).toFixed(2),
        (invoice.amountDue / 100).toFixed(2),
      ]),
    )
    expect((await rows('?status=paid')).slice(1).map((line) => line[0])).toEqual(
      (await getInvoices(server.engine, { customerId: 'acme', status: 'paid' })).data.map(
        (invoice) => invoice.number,
      ),
    )
    expect((await rows('?year=2025')).length).toBe(1)
  })

  test('shows partial payments, reversals and refunds', async () => {
    const [, renewal] = (await getInvoices(server.engine, { customerId: 'globex' })).data.toReversed()
    const { payments } = await recordPayment(server.engine, {
      invoiceId: renewal!.id,
      amount: renewal!.amountDue,
      method: 'bank_transfer',
      reference: 'bounced',
    })
    await reversePayment(server.engine, { paymentId: payments[0]!.id, reason: 'bounced' })
    await recordPayment(server.engine, {
      invoiceId: renewal!.id,
      amount: 1_000,
      method: 'cash',
      reference: 'part',
    })
    tokens['globex'] = (
      await createPortalSession(server.engine, { customerId: 'globex', role: 'viewer', locale: 'en' })
    ).token
    const [headings, ...lines] = await rows('', 'globex')
    expect(headings!.slice(16)).toEqual([
      'Credited',
      'Amount paid',
      'Added to balance',
      'Amount due',
      'Payments reversed',
      'Refunded',
      'To refund',
    ])
    const due = renewal!.amountDue / 100
    expect(
      lines.find(([number]) => number === renewal!.number)!.filter((_, index) => index === 2 || index > 15),
    ).toEqual(['Partly paid', '0.00', '10.00', '0.00', (due - 10).toFixed(2), due.toFixed(2), '0.00', '0.00'])
  })

  test('has the fee and usage periods of each document, and none where a document bills neither', async () => {
    const { data } = await getInvoices(server.engine, { customerId: 'acme' })
    const [headings, ...lines] = await rows()
    expect(headings!.slice(3, 7)).toEqual(['Fee start', 'Fee end', 'Usage start', 'Usage end'])
    expect(lines.map((line) => [line[1], ...line.slice(3, 7)])).toEqual([
      // It credits parts of both lines.
      ['Credit note', '2026-02-01', '2026-03-31', '', ''],
      ['Renewal', '2026-03-01', '2026-03-31', '2026-02-01', '2026-02-28'],
      ['First invoice', '2026-02-01', '2026-02-28', '', ''],
    ])
    expect(data.map(({ billedPeriods }) => billedPeriods)).toEqual([
      { fee: { start: '2026-02-01', end: '2026-04-01' }, usage: null },
      { fee: { start: '2026-03-01', end: '2026-04-01' }, usage: { start: '2026-02-01', end: '2026-03-01' } },
      { fee: { start: '2026-02-01', end: '2026-03-01' }, usage: null },
    ])
  })

  test('the amounts of every line add up, except a credit note’s, also after an overpayment', async () => {
    const open = (await getInvoices(server.engine, { customerId: 'acme', status: 'open' })).data[0]!
    await recordPayment(server.engine, {
      invoiceId: open.id,
      amount: open.amountDue + 700,
      method: 'cash',
      reference: 'too much',
    })
    const [, ...lines] = await rows()
    const amounts = lines
      .filter(([, kind]) => kind !== 'Credit note')
      .map((line) => line.slice(14, 20).map((cell) => Math.round(Number(cell) * 100)))
    expect(amounts.some(([, , , , toBalance]) => toBalance === 700)).toBe(true)
    for (const [total, applied, credited, paid, toBalance, due] of amounts)
      expect(total! + applied! + credited! - paid! + toBalance!).toBe(due)
  })

  test('begins with the draft that is not issued yet, if there is one', async () => {
    await createSubscription(server.engine, { customerId: 'new', planId: 'starter', seats: 1 })
    const now = server.clock.at
    server.clock.at = '2026-04-09T16:30:00.000000Z'
    await recordUsage(server.engine, [{ id: 'n1', customerId: 'new', meter: 'ai_chat' }])
    tokens['new'] = (
      await createPortalSession(server.engine, { customerId: 'new', role: 'owner', locale: 'en' })
    ).token
    const [, draft] = await rows('', 'new')
    expect(draft!.slice(0, 3).concat(draft!.slice(7, 10))).toEqual(['', 'Renewal', 'Draft', '', '', ''])
    server.clock.at = now
  })

  test('is rejected by field, for strangers, and beyond the maximum number of invoices', async () => {
    expect((await request('?limit=3')).json()).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ pointer: '?limit' }],
    })
    expect((await request('?status=lost')).json()).toMatchObject({
      status: 400,
      errors: [{ pointer: '?status' }],
    })
    expect((await server.app.inject('/api/portal/invoices/export')).statusCode).toBe(401)
    await expect(
      invoiceFile(server.engine, { customerId: 'acme', language: 'en', most: 2 }),
    ).rejects.toMatchObject({ code: 'invalid_range', detail: { pointer: '?year' } })
  })
})
