import { CloudEvent, HTTP, type CloudEventV1, type Message } from 'cloudevents'
import { createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)('CloudEvents on $name', ({ create }) => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'test' })).key
    await seedTwoCustomers(server)
  })
  afterAll(() => server.close())

  const usage = (id: string, more: Partial<CloudEventV1<unknown>> = {}) =>
    new CloudEvent(
      {
        id,
        source: '/agents/7',
        type: 'ai_chat',
        subject: 'globex',
        time: '2026-03-10T03:59:00.000Z',
        data: { quantity: 2, channel: 'web' },
        ...more,
      },
      false,
    )
  const send = async (payload: unknown, headers: Record<string, unknown>) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/billing/events',
      payload: payload as string,
      headers: { ...headers, authorization: `Bearer ${key}` } as Record<string, string>,
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const sendMessage = ({ body, headers }: Message) => send(body as string | undefined, headers)
  const sendBatch = (events: unknown[]) =>
    send(JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' })
  const accepted = { status: 200, body: { accepted: 1, duplicates: 0, rejected: [] } }
  const duplicate = { status: 200, body: { accepted: 0, duplicates: 1, rejected: [] } }

  test('the same event is one event, in whichever mode the SDK sends it', async () => {
    const event = usage('one')
    expect(await sendMessage(HTTP.structured(event))).toEqual(accepted)
    expect(await sendMessage(HTTP.binary(event))).toEqual(duplicate)
    expect(await sendBatch([event, event.cloneWith({ traceparent: 'another-try' })])).toMatchObject({
      body: { accepted: 0, duplicates: 2 },
    })
    const plain = {
      id: JSON.stringify(['/agents/7', 'one']),
      customerId: 'globex',
      meter: 'ai_chat',
      quantity: 2,
      time: '2026-03-10T03:59:00.000Z',
      properties: { channel: 'web' },
    }
    expect(await send(JSON.stringify(plain), { 'content-type': 'application/json' })).toEqual(duplicate)
  })

  test('ids of two sources are two ids, and both attributes are stored', async () => {
    expect(
      await sendBatch([
        usage('twin', { source: 'a' }),
        usage('twin', { source: 'b', data: { quantity: 5 } }),
      ]),
    ).toMatchObject({ body: { accepted: 2 } })
    const rows = await server.database.asOwner((tx) =>
      tx.query(
        `select id, meter, quantity, properties
          from usage_events
          where customer_id = 'globex' and id like '%twin%'
          order by id`,
      ),
    )
    expect(rows).toEqual([
      { id: '["a","twin"]', meter: 'ai_chat', quantity: 2, properties: { channel: 'web' } },
      { id: '["b","twin"]', meter: 'ai_chat', quantity: 5, properties: {} },
    ])
  })

  test('without a quantity it is one unit, also without any data', async () => {
    expect(await sendMessage(HTTP.binary(usage('bare', { data: undefined })))).toEqual(accepted)
    expect(await sendMessage(HTTP.structured(usage('bare', { data: undefined })))).toEqual(duplicate)
    expect(await sendMessage(HTTP.structured(usage('empty', { data: {} })))).toEqual(accepted)
    const [row] = await server.database.asOwner((tx) =>
      tx.query(
        'select sum(quantity)::int as quantity from usage_events where id in '
          + '(\'["/agents/7","bare"]\', \'["/agents/7","empty"]\')',
      ),
    )
    expect(row).toEqual({ quantity: 2 })
  })

  test('history is marked by an extension attribute, which is text in a header', async () => {
    const old = { time: '2026-01-10T03:59:00.000Z', data: { quantity: 2, channel: 'web' } }
    const event = usage('old', { ...old, historical: true })
    expect(await sendMessage(HTTP.binary(event))).toEqual(accepted)
    expect(await sendMessage(HTTP.structured(event))).toEqual(duplicate)
    expect(await sendBatch([event])).toMatchObject({ body: { duplicates: 1 } })
    const refused = async (more: object) =>
      (await sendBatch([usage('other', more)])).body.rejected.map(({ code }: { code: string }) => code)
    expect([
      await refused(old),
      await refused({ ...old, historical: false }),
      await refused({ historical: true }),
      await refused({ ...old, historical: 'yes' }),
    ]).toEqual([['event_too_old'], ['event_too_old'], ['event_too_recent'], ['validation_failed']])
    const plain = {
      id: JSON.stringify(['/agents/7', 'old']),
      customerId: 'globex',
      meter: 'ai_chat',
      quantity: 2,
      time: old.time,
      properties: { channel: 'web' },
      historical: true,
    }
    expect(await send(JSON.stringify(plain), { 'content-type': 'application/json' })).toEqual(duplicate)
    expect(await send(`${JSON.stringify(plain)}\n`, { 'content-type': 'application/x-ndjson' })).toEqual(
      duplicate,
    )
  })

  test('header values are percent-encoded, as the HTTP binding says', async () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '%E4%BC%9A%E8%AF%9D%201',
      'ce-source': '/%25',
      'ce-type': 'ai_chat',
      'ce-subject': 'globex',
      'ce-time': '2026-03-10T03:59:00.000Z',
      'content-type': 'application/json',
    }
    expect(await send('{"quantity":1}', headers)).toEqual(accepted)
    expect(await sendBatch([usage('会话 1', { source: '/%', data: { quantity: 1 } })])).toMatchObject({
      body: { rejected: [], duplicates: 1 },
    })
  })

  test('each invalid event of a batch has its own outcome, in the terms of CloudEvents', async () => {
    const { body, status } = await sendBatch([
      usage('good'),
      null,
      'text',
      { ...usage('old').toJSON(), specversion: '0.3' },
      { ...usage('x').toJSON(), subject: undefined },
      usage('half', { data: { quantity: 'two' } }),
      usage('list', { data: [1] }),
      usage('bytes', { data: undefined, data_base64: 'AAA=' }).toJSON(),
      { ...usage('html').toJSON(), datacontenttype: 'text/html' },
      usage('l'.repeat(250)),
      usage('nul', { data: { note: 'a\0' } }),
      usage('what', { type: 'nothing' }),
      usage('who', { subject: 'nobody' }),
      usage('less', { data: { quantity: -1 } }),
      usage('last'),
    ])
    expect([status, body.accepted, body.duplicates]).toEqual([200, 2, 0])
    expect(
      body.rejected.map((one: { index: number; code: string; detail: string }) => [
        one.index,
        one.code,
        one.detail.split(' ')[0],
      ]),
    ).toEqual([
      [1, 'validation_failed', '/'],
      [2, 'validation_failed', '/'],
      [3, 'validation_failed', '/specversion'],
      [4, 'validation_failed', '/subject'],
      [5, 'validation_failed', '/data/quantity'],
      [6, 'validation_failed', '/data'],
      [7, 'validation_failed', '/data_base64'],
      [8, 'validation_failed', '/datacontenttype'],
      [9, 'validation_failed', '/id'],
      [10, 'validation_failed', '/data/note'],
      [11, 'meter_not_found', 'there'],
      [12, 'customer_not_found', 'there'],
      [13, 'quantity_negative', 'quantity'],
    ])
    expect(body.rejected[3].id).toBe('["/agents/7","x"]')
  })

  test('a single invalid event is rejected, and so is an invalid envelope', async () => {
    expect(await sendMessage(HTTP.binary(usage('y', { subject: undefined })))).toMatchObject({
      status: 200,
      body: { accepted: 0, rejected: [{ index: 0, code: 'validation_failed' }] },
    })
    expect(await send('{}', { 'ce-id': 'z', 'content-type': 'application/json' })).toMatchObject({
      status: 200,
      body: { rejected: [{ code: 'validation_failed' }] },
    })
    for (const [type, body] of [
      ['cloudevents', '[]'],
      ['cloudevents', '7'],
      ['cloudevents', ''],
      ['cloudevents', '{'],
      ['cloudevents-batch', '{}'],
      ['cloudevents-batch', 'null'],
    ] as const) {
      expect(
        await send(body, { 'content-type': `application/${type}+json` }),
        `${type} ${body}`,
      ).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    }
    expect(await send('x', { 'content-type': 'application/cloudevents+avro' })).toMatchObject({ status: 415 })
  })

  test('no other route accepts these content types', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/billing/customers',
      payload: '{}',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents+json' },
    })
    expect(answer.statusCode).toBe(415)
  })

  test('the contract names them', async () => {
    const contract = (await server.app.inject({ url: '/api/billing/openapi.json' })).json()
    const { content } = contract.paths['/api/billing/events'].post.requestBody
    expect(Object.keys(content)).toEqual([
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/x-ndjson',
      'application/ndjson',
      'application/jsonl',
    ])
    expect(contract.components.schemas.CloudEvent.required).toEqual([
      'specversion',
      'id',
      'source',
      'type',
      'subject',
    ])
  })
})
