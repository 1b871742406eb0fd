import { createSecretKey } from '@customer-portal/billing'
import { seedTwoCustomers, testDatabases, testServer, type TestServer } from '@customer-portal/http/testing'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerBillingApi } from './index.ts'

describe.each(testDatabases)('bodies of events on $name', ({ create }) => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await testServer(create, (app, { engine }) =>
      registerBillingApi(app, { engine, publicUrl: () => 'https://billing.example.com' }),
    )
    key = (await createSecretKey(server.engine, { name: 'test' })).key
    await seedTwoCustomers(server)
    await call('PUT', '/meters/users', { name: 'Users', unit: 'u', aggregation: 'unique', uniqueBy: 'user' })
    await call('PUT', '/meters/storage', { name: 'Storage', unit: 'GB', decimals: 3 })
  })
  afterAll(() => server.close())

  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const answer = await server.app.inject({
      method,
      url: `/api/billing${url}`,
      payload: payload as object,
      headers: { authorization: `Bearer ${key}`, ...headers },
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const json = { 'content-type': 'application/json' }
  const send = (body: string | Buffer, headers: Record<string, string> = json) =>
    call('POST', '/events', body, headers)
  const event = (id: string, more = '') => `{"id":"${id}","customerId":"globex","meter":"ai_chat"${more}}`
  const usage = async (meter: string) => (await call('GET', '/customers/globex/usage')).body.usage[meter] ?? 0
  const detail = async (id: string) =>
    (
      await server.database.asOwner((tx) =>
        tx.query<{ properties: unknown; quantity: number }>(
          'select properties, quantity from usage_events where id = $1',
          [id],
        ),
      )
    )[0]

  test('a 64-bit number in properties keeps every digit, as text', async () => {
    const user = (id: string, number: string) =>
      send(
        `{"id":"${id}","customerId":"globex","meter":"users","properties":{"user":${number},"deep":[{"n":${number}}],"score":0.25}}`,
      )
    expect([await user('s1', '1234567890123456788'), await user('s2', '1234567890123456789')]).toMatchObject([
      { body: { accepted: 1 } },
      { body: { accepted: 1 } },
    ])
    expect(await usage('users')).toBe(2)
    expect((await detail('s2'))!.properties).toEqual({
      user: '1234567890123456789',
      deep: [{ n: '1234567890123456789' }],
      score: 0.25,
    })
    expect((await user('s1', '1234567890123456788')).body).toMatchObject({ duplicates: 1 })
    expect((await user('s1', '1234567890123456789')).body).toMatchObject({
      duplicates: 0,
      rejected: [{ code: 'event_conflict', differs: ['properties'] }],
    })
  })

  test.each(['properties', 'quantity', 'time', 'meter', 'more'])(
    'an event nested too deep in %s is rejected by name, and the others of the batch are recorded',
    async (field) => {
      for (const [place, depth] of [70, 5_000, 90_000].entries()) {
        const deep = `"${field}":${field === 'properties' ? '{"a":' : ''}${'['.repeat(depth)}${']'.repeat(depth)}${field === 'properties' ? '}' : ''}`
        const { status, body } = await send(
          `[${event(`near-${field}-${place}`)},{"id":"deep-${place}","customerId":"globex",${deep}}]`,
        )
        expect([status, body]).toMatchObject([
          200,
          {
            accepted: 1,
            rejected: [
              {
                index: 1,
                id: `deep-${place}`,
                code: 'validation_failed',
                detail: expect.stringMatching(/nested more than 64 deep/),
              },
            ],
          },
        ])
      }
      const cloudEvent = (depth: number) =>
        `{"specversion":"1.0","source":"s","id":"deep-${field}","type":"ai_chat","subject":"globex","data":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
      expect(
        await send(`[${cloudEvent(5000)}]`, { 'content-type': 'application/cloudevents-batch+json' }),
      ).toMatchObject({ status: 200, body: { rejected: [{ code: 'validation_failed' }] } })
    },
  )

  test('a quantity is exact as text and as a number, or rejected by name', async () => {
    const stored = (id: string, quantity: string) =>
      send(`{"id":"${id}","customerId":"globex","meter":"storage","quantity":${quantity}}`)
    for (const [id, quantity] of [
      ['q1', '"12.5"'],
      ['q2', '"900719925474.099"'],
      ['q3', '12.500000000000000000000'],
      ['q4', '"1e2"'],
      ['q5', '"0012.500"'],
    ] as const) {
      expect((await stored(id, quantity)).body, quantity).toMatchObject({ accepted: 1 })
    }
    expect(
      await Promise.all(['q1', 'q2', 'q3', 'q4', 'q5'].map(async (id) => (await detail(id))!.quantity)),
    ).toEqual([12_500, 900_719_925_474_099, 12_500, 100_000, 12_500])
    expect((await stored('q1', '12.5')).body).toMatchObject({ duplicates: 1 })
    for (const [quantity, code] of [
      ['9007199254740993', 'quantity_overflow'],
      ['1.0000000000000000001', 'quantity_too_precise'],
      ['"1.0005"', 'quantity_too_precise'],
      ['"-1"', 'quantity_negative'],
      ['-1.0000000000000000001', 'quantity_negative'],
      ['1e400', 'quantity_overflow'],
      ['1E+999999999', 'quantity_overflow'],
      ['-1e400', 'quantity_negative'],
      ['1e-400', 'quantity_too_precise'],
      ['4.9e-324', 'quantity_too_precise'],
      ['1e-999999999', 'quantity_too_precise'],
      [`0.${'0'.repeat(400)}1`, 'validation_failed'],
      ['"1e9999"', 'quantity_overflow'],
      ['"many"', 'validation_failed'],
      ['true', 'validation_failed'],
    ] as const) {
      expect((await stored('wrong', quantity)).body, quantity).toMatchObject({
        accepted: 0,
        rejected: [{ code }],
      })
    }
    expect((await stored('wrong', 'true')).body.rejected[0].detail).toMatch(/^\/quantity /)
  })

  test('a number beyond a double is never read as another one, in whatever form it comes', async () => {
    const began = process.cpuUsage()
    const forms: [string, (id: string, more: string) => ReturnType<typeof send>][] = [
      ['json', (id, more) => send(event(id, more))],
      ['lines', (id, more) => send(`${event(id, more)}\n`, { 'content-type': 'application/x-ndjson' })],
      [
        'cloud',
        (id, more) =>
          send(
            `{"specversion":"1.0","source":"/s","id":"${id}","type":"ai_chat","subject":"globex","data":{"quantity":1${more.replace(',"properties":{', ',').replace(/}$/, '')}}}`,
            { 'content-type': 'application/cloudevents+json' },
          ),
      ],
    ]
    for (const [form, sendAs] of forms) {
      expect(
        (
          await sendAs(
            `small-${form}`,
            ',"properties":{"a":1e-400,"b":1e400,"c":1E+999999999,"d":4.9e-324,"e":5e-324,"f":-0,"g":0e999,"h":1e308}',
          )
        ).body,
        form,
      ).toMatchObject({ accepted: 1 })
      const id = form === 'cloud' ? '["/s","small-cloud"]' : `small-${form}`
      expect((await detail(id))!.properties).toEqual({
        a: '1e-400',
        b: '1e400',
        c: '1E+999999999',
        d: '4.9e-324',
        e: 5e-324,
        f: 0,
        g: 0,
        h: 1e308,
      })
    }
    const before = await usage('ai_chat')
    for (const quantity of ['0e999999999', '-0', '-0.0', '0e-400', '"-0"'])
      expect(
        (await send(event(`zero ${quantity}`.replaceAll('"', '_'), `,"quantity":${quantity}`))).body,
        quantity,
      ).toMatchObject({ accepted: 1 })
    expect(await usage('ai_chat')).toBe(before)
    // The same numbers where text is not accepted: rejected by the name of the field.
    expect(
      (await call('PUT', '/meters/tiny', '{"name":"x","unit":"u","decimals":1e-400}', json)).body.errors,
    ).toMatchObject([{ pointer: '/decimals' }])
    expect(
      (
        await call(
          'POST',
          '/customers/globex/quota/ai_chat/consume',
          '{"id":"c-tiny","quantity":1e-400}',
          json,
        )
      ).body.code,
    ).toBe('quantity_too_precise')
    // The process's own time: the machine may be busy.
    expect(process.cpuUsage(began).user).toBeLessThan(5_000_000)
  })

  test('bytes that are not UTF-8 are rejected in every JSON body', async () => {
    const gbk = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.from([0xbc, 0xd7]),
      Buffer.from('","customerId":"globex","meter":"ai_chat"}'),
    ])
    expect(await send(gbk)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', detail: expect.stringContaining('UTF-8') },
    })
    expect(await send(gbk, { 'content-type': 'application/x-ndjson' })).toMatchObject({ status: 400 })
    expect(await call('POST', '/customers', gbk, json)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    })
    expect((await send(Buffer.from(`\ufeff${event('marked')}`))).body).toMatchObject({ accepted: 1 })
    const lines = Buffer.from(`\ufeff${event('marked')}\r\n${event('marked 2')}\r\n`)
    expect((await send(lines, { 'content-type': 'application/x-ndjson' })).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [],
    })
  })

  test('a property may have any name, and a name that cannot be stored rejects one event alone', async () => {
    const names = [
      '{"__proto__":{"a":1}}',
      '{"constructor":{"prototype":1}}',
      '{"toString":"x","hasOwnProperty":null}',
    ]
    const batch = names.map((properties, index) => event(`n${index}`, `,"properties":${properties}`))
    expect(
      (await send(`[${[...batch, event('n3', ',"properties":{"a\\u0000b":1}'), event('n4')].join()}]`)).body,
    ).toMatchObject({ accepted: 4, rejected: [{ index: 3, code: 'validation_failed' }] })
    expect(JSON.stringify((await detail('n0'))!.properties)).toBe('{"__proto__":{"a":1}}')
    expect(await send(`[${batch.join()}]`)).toMatchObject({ body: { duplicates: 3 } })
  })

  test('a meter may be named like a property of every object', async () => {
    for (const meter of ['constructor', 'toString', 'valueOf'])
      await call('PUT', `/meters/${meter}`, { name: meter, unit: 'u' })
    const before = await usage('ai_chat')
    await send(
      `[${event('m1').replace('ai_chat', 'constructor')},${event('m2', ',"quantity":3').replace('ai_chat', 'toString')},${event('m3')}]`,
    )
    const { body } = await call('GET', '/customers/globex/usage')
    expect(body.usage).toMatchObject({ constructor: 1, toString: 3, ai_chat: before + 1 })
    expect(
      body.daily.every(({ usage: day }: { usage: Record<string, unknown> }) =>
        Object.values(day).every((value) => typeof value === 'number'),
      ),
    ).toBe(true)
    expect(
      (await call('GET', '/customers/globex/reconciliation')).body.meters.every(
        ({ difference }: { difference: number }) => difference === 0,
      ),
    ).toBe(true)
  })

  test('a compressed body is decompressed, up to the limit of an uncompressed one', async () => {
    const gzip = { ...json, 'content-encoding': 'gzip' }
    expect((await send(gzipSync(`[${event('g1')},${event('g2')}]`), gzip)).body).toMatchObject({
      accepted: 2,
    })
    expect(
      await send(gzipSync(`[${event('g3')},${' '.repeat(8 * 1024 * 1024)}${event('g4')}]`), gzip),
    ).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    expect(await send(Buffer.from(event('g5')), gzip)).toMatchObject({ status: 400 })
    expect(await send(gzipSync(event('g6')), { ...json, 'content-encoding': 'br' })).toMatchObject({
      status: 415,
    })
    expect(
      (
        await send(
          gzipSync(`{"specversion":"1.0","id":"g7","source":"x","type":"ai_chat","subject":"globex"}`),
          { 'content-type': 'application/cloudevents+json', 'content-encoding': 'GZIP' },
        )
      ).body,
    ).toMatchObject({ accepted: 1 })
    expect(await detail('g3')).toBeUndefined()
  })

  test('lines are one event each, and an invalid one is rejected alone', async () => {
    const lines = { 'content-type': 'application/x-ndjson' }
    const { status, body } = await send(
      `${event('l1')}\r\n\n{"id":\n${event('l2', ',"quantity":2')}\n[]\n`,
      lines,
    )
    expect([status, body.accepted]).toEqual([200, 2])
    expect(
      body.rejected.map(({ index, id, code }: { index: number; id: unknown; code: string }) => [
        index,
        id,
        code,
      ]),
    ).toEqual([
      [1, null, 'validation_failed'],
      [3, null, 'validation_failed'],
    ])
    expect(
      (await send(gzipSync(`${event('l1')}\n${event('l3')}`), { ...lines, 'content-encoding': 'gzip' })).body,
    ).toMatchObject({ accepted: 1, duplicates: 1 })
    expect(await send('\n', lines)).toMatchObject({ status: 400 })
    expect(await send(`${event('l4')}\n`.repeat(1001), lines)).toMatchObject({ status: 400 })
  })

  test('another compression, or too large a body after decompression, is rejected with a sentence that says so', async () => {
    expect(await send(event('packed'), { ...json, 'content-encoding': 'br' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type', detail: 'Body may be packed by gzip alone' },
    })
    expect(
      await send(gzipSync(Buffer.alloc(9_000_000, ' ')), { ...json, 'content-encoding': 'gzip' }),
    ).toMatchObject({
      status: 413,
      body: { detail: 'Body is larger than 8388608 bytes once it is unpacked' },
    })
    expect(await send('id=1', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining('application/json') },
    })
  })

  test('an empty batch of CloudEvents is accepted and records nothing', async () => {
    expect(await send('[]', { 'content-type': 'application/cloudevents-batch+json' })).toEqual({
      status: 200,
      body: { accepted: 0, duplicates: 0, rejected: [] },
    })
    expect(await send('[]')).toMatchObject({ status: 400 })
    expect(await send('')).toMatchObject({ status: 400 })
  })

  test('the quota routes take properties, modes and a quantity to check for', async () => {
    const quota = '/customers/acme/quota/ai_chat'
    expect(
      await call(
        'POST',
        `${quota}/consume`,
        '{"id":"k","quantity":"2","mode":"all","properties":{"__proto__":{"a":1},"user":1234567890123456789}}',
        json,
      ),
    ).toMatchObject({ status: 200, body: { granted: 2 } })
    expect(JSON.stringify((await detail('k'))!.properties)).toBe(
      '{"user":"1234567890123456789","__proto__":{"a":1}}',
    )
    expect((await call('GET', `${quota}?quantity=5`)).body.allowed).toBe(true)
    expect(await call('GET', `${quota}?quantity=many`)).toMatchObject({ status: 400 })
    await call('POST', `${quota}/reserve`, {
      id: 'hold',
      quantity: 1,
      ttlSeconds: 60,
      properties: { job: 1 },
    })
    expect(await call('POST', `${quota}/reservations/hold/release`, '', json)).toMatchObject({ status: 200 })
    expect(
      await call('POST', `${quota}/reserve`, {
        id: 'hold',
        quantity: 1,
        ttlSeconds: 60,
        properties: { job: 1 },
      }),
    ).toMatchObject({ status: 409, body: { code: 'reservation_closed' } })
    expect(await call('POST', `${quota}/consume`, '', json)).toMatchObject({ status: 400 })
  })
})
