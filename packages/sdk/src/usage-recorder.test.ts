import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabases } from '@customer-portal/http/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientOptions, UsageOptions } from './client.ts'
import { SpoolHeld, UsageQueueFull, type SentEvent } from './index.ts'
import { listeningServer, type HandClock, type ListeningServer } from './testing/server.ts'
import type { Fetch } from './transport.ts'

const [{ create }] = testDatabases as [(typeof testDatabases)[number]]
let server: ListeningServer
beforeAll(async () => {
  server = await listeningServer(create)
})
afterAll(() => server.close())

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'spool-'))
  folders.push(folder)
  return folder
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

const chat = { customerId: 'acme', meter: 'ai_chat' }
const away: Fetch = async () => {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
}

/**
 * The real server behind a connection whose failures `fate` decides for each request, with a record of the
 * requests.
 */
function line(
  outcomeOf: (n: number, events: SentEvent[]) => 'answer' | 'lost' | 'away' | Response = () => 'answer',
) {
  const sent: SentEvent[][] = []
  const send: Fetch = async (url, init) => {
    const events = JSON.parse(init.body as string) as SentEvent[]
    sent.push(events)
    const decided = outcomeOf(sent.length, events)
    if (decided instanceof Response) return decided
    if (decided === 'away') return away(url, init)
    const answer = await fetch(url, init)
    if (decided === 'answer') return answer
    await answer.arrayBuffer()
    throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
  }
  return { sent, send }
}

const told = () => {
  const rejected: [string, string][] = []
  const lost: [string, string][] = []
  const errors: unknown[] = []
  const listeners: Pick<UsageOptions, 'onRejected' | 'onLost' | 'onError'> = {
    onRejected: ({ id }, { code }) => rejected.push([id, code]),
    onLost: ({ id }, reason) => lost.push([id, reason]),
    onError: (error) => errors.push(error),
  }
  return { rejected, lost, errors, listeners }
}

test('an event without a time, with an invalid one, and a value that is no event are passed to onLost', async () => {
  const { lost, listeners } = told()
  const client = server.client({ usage: { ...listeners, atExit: false } })
  for (const [id, time] of [
    ['t1', new Date(Number.NaN)],
    ['t2', 12 as unknown as string],
  ] as const)
    await expect(client.usage.record({ ...chat, id, time })).rejects.toThrow()
  await expect(client.usage.record({ ...chat, id: 't3', quantity: 1n as unknown as number })).rejects.toThrow(
    'BigInt',
  )
  expect(lost).toEqual([
    ['t1', 'not_taken'],
    ['t2', 'not_taken'],
    ['t3', 'not_taken'],
  ])
  await expect(client.usage.record(undefined as unknown as typeof chat)).rejects.toThrow()
  expect(lost).toHaveLength(4)
  await client.close()
})

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, '0')}`)
const once = (names: string[]) => Object.fromEntries(names.map((id) => [id, 1]))
/** Advances the time of every wait until the promise is settled. */
async function passUntil<T>(clock: HandClock, promise: Promise<T>): Promise<T> {
  let settled = false
  const end = promise.finally(() => {
    settled = true
  })
  end.catch(() => undefined)
  while (!settled) {
    clock.pass(60_000)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return end
}
const client = (usage: UsageOptions, more: Partial<ClientOptions> = {}) => server.client({ ...more, usage })

describe('recording usage', () => {
  test('sends a batch when it has enough events, or when the first has waited long enough', async () => {
    const { sent, send } = line()
    const clock = server.handClock()
    const { usage } = client({ batch: { events: 3, milliseconds: 700 } }, { clock, fetch: send })
    const [first, ...others] = ids('b-', 4)
    await usage.record({ ...chat, id: first! })
    expect(await clock.waiting()).toBe(700)
    clock.pass(699)
    expect(sent).toEqual([])
    for (const id of others.slice(0, 2)) await usage.record({ ...chat, id })
    await usage.flush()
    expect(sent.map((events) => events.map(({ id }) => id))).toEqual([ids('b-', 3)])
    await usage.record({ ...chat, id: others[2]! })
    clock.pass(await clock.waiting())
    while (sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(sent[1]!.map(({ id }) => id)).toEqual([others[2]])
    expect(await usage.flush()).toBe(0)
    expect(await server.stored('b-')).toEqual(once(ids('b-', 4)))
  })

  test("assigns an event's id and time when it is recorded, and never changes them", async () => {
    const { sent, send } = line((n) => (n === 1 ? 'lost' : n === 2 ? 'away' : 'answer'))
    const clock = server.handClock()
    const { usage } = client({}, { clock, fetch: send })
    const event = { ...chat, properties: { agent: 7 } }
    const id = await usage.record(event)
    event.properties.agent = 8
    const time = new Date(clock.now()).toISOString()
    expect(await passUntil(clock, usage.flush())).toBe(0)
    expect(sent).toEqual([1, 2, 3].map(() => [{ ...chat, id, time, properties: { agent: 7 } }]))
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(await server.stored(id)).toEqual({ [id]: 1 })
  })

  test('ids ascend with time', async () => {
    const { usage } = client({}, { fetch: away })
    const made = []
    for (let n = 0; n < 3; n += 1) {
      made.push(await usage.record(chat))
      await new Promise((resolve) => setTimeout(resolve, 2))
      server.clock.at = server.clock.at.replace(/\d{6}Z/, `${String(n + 1).padStart(3, '0')}000Z`)
    }
    expect([...made].sort()).toEqual(made)
  })

  test('reports each event that the server rejects, and counts the others', async () => {
    const { rejected, lost, listeners } = told()
    const { usage } = client(listeners)
    await usage.record({ ...chat, id: 'r-good' })
    await usage.record({ ...chat, id: 'r-meter', meter: 'none' })
    await usage.record({ ...chat, id: 'r-negative', quantity: -1 })
    await usage.record({ ...chat, id: 'r-old', time: new Date(0) })
    await usage.record({ ...chat, id: 'r-good', quantity: 2 })
    expect(await usage.flush()).toBe(0)
    expect(rejected).toEqual([
      ['r-meter', 'meter_not_found'],
      ['r-negative', 'quantity_negative'],
      ['r-old', 'event_too_old'],
      ['r-good', 'event_conflict'],
    ])
    expect([lost, await server.stored('r-')]).toEqual([[], { 'r-good': 1 }])
  })

  test('isolates the event for which a whole batch is rejected', async () => {
    const { rejected, listeners } = told()
    const { send } = line((_n, events) =>
      events.some(({ id }) => id === 'w-0005')
        ? new Response('{"code":"payload_too_large","detail":"too large","title":"x"}', { status: 413 })
        : 'answer',
    )
    const { usage } = client(listeners, { fetch: send, clock: server.handClock() })
    for (const id of ids('w-', 12)) await usage.record({ ...chat, id })
    expect(await usage.flush()).toBe(0)
    expect(rejected).toEqual([['w-0005', 'payload_too_large']])
    expect(await server.stored('w-')).toEqual(once(ids('w-', 12).filter((id) => id !== 'w-0005')))
  })

  test('retries with growing delays, and not before the server wants it', async () => {
    const { errors, listeners } = told()
    const answers = [503, 503, 401, 500].map(
      (status) => () => new Response('{"code":"x","detail":"x","title":"x"}', { status }),
    )
    const { send } = line(
      (n) =>
        answers[n - 1]?.()
        ?? (n === 5 ? new Response('', { status: 429, headers: { 'retry-after': '90' } }) : 'answer'),
    )
    const clock = server.handClock()
    const { usage } = client(
      { ...listeners, batch: { events: 1 } },
      { fetch: send, clock, random: () => 0.5 },
    )
    await usage.record({ ...chat, id: 'p-1' })
    const pauses: number[] = []
    for (let n = 0; n < 4; n += 1) {
      pauses.push(await clock.waiting())
      clock.pass(pauses[n]!)
      while (errors.length < n + 2) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(pauses).toEqual([100, 200, 400, 800])
    const flushing = usage.flush()
    expect(await clock.waiting()).toBe(90_000)
    clock.pass(89_999)
    expect(await Promise.race([flushing, new Promise((resolve) => setTimeout(resolve, 30, 'waits'))])).toBe(
      'waits',
    )
    clock.pass(1)
    expect(await flushing).toBe(0)
    expect(errors.map((error) => (error as { status: number }).status)).toEqual([503, 503, 401, 500, 429])
  })

  test('a batch that fills while the server is unavailable does not shorten the delay', async () => {
    const { sent, send } = line(() => 'away')
    const clock = server.handClock()
    const { usage } = client({ batch: { events: 2 } }, { fetch: send, clock, random: () => 0.5 })
    for (const id of ids('q-', 2)) await usage.record({ ...chat, id })
    await clock.waiting()
    for (const id of ids('q+', 20)) await usage.record({ ...chat, id })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(sent.length).toBe(1)
  })

  test('holds at most its limit: beyond it an event is rejected, and accepted when there is room again', async () => {
    const { lost, listeners } = told()
    let isAway = true
    const { send } = line(() => (isAway ? 'away' : 'answer'))
    const clock = server.handClock()
    const { usage } = client(
      { ...listeners, limit: { events: 5 }, batch: { events: 2 } },
      { fetch: send, clock },
    )
    for (const id of ids('l-', 5)) await usage.record({ ...chat, id })
    await expect(usage.record({ ...chat, id: 'l-more' })).rejects.toThrow(UsageQueueFull)
    // Nobody awaits this one: its rejection must not end the process.
    void usage.record({ ...chat, id: 'l-alone' })
    isAway = false
    expect(await passUntil(clock, usage.flush())).toBe(0)
    expect(lost).toEqual([
      ['l-more', 'queue_full'],
      ['l-alone', 'queue_full'],
    ])
    await usage.record({ ...chat, id: 'l-more', time: server.clock.at })
    expect(await passUntil(clock, usage.flush())).toBe(0)
    expect(await server.stored('l-')).toEqual(once([...ids('l-', 5), 'l-more']))
  })

  test('holds at most its limit of bytes, and rejects an oversized event', async () => {
    const { lost, listeners } = told()
    const { usage } = client(
      { ...listeners, limit: { bytes: 20_000 } },
      { fetch: away, clock: server.handClock() },
    )
    const large = { ...chat, properties: { text: 'x'.repeat(9000) } }
    await usage.record({ ...large, id: 'm-1' })
    await usage.record({ ...large, id: 'm-2' })
    await expect(usage.record({ ...large, id: 'm-3' })).rejects.toThrow(UsageQueueFull)
    await expect(
      usage.record({ ...chat, id: 'm-4', properties: { text: '字'.repeat(11_000) } }),
    ).rejects.toThrow(RangeError)
    await expect(usage.record({ ...chat, id: 'm-5', properties: { n: 1n } })).rejects.toThrow(TypeError)
    expect(lost).toEqual([
      ['m-3', 'queue_full'],
      ['m-4', 'not_taken'],
      ['m-5', 'not_taken'],
    ])
  })

  test('drops the oldest event when configured, but not one that is being sent', async () => {
    const { lost, listeners } = told()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const clock = server.handClock()
    const slow: Fetch = async (url, init) => {
      await held
      return fetch(url, init)
    }
    const { usage } = client(
      { ...listeners, limit: { events: 4 }, batch: { events: 2 }, whenFull: 'drop-oldest' },
      { fetch: slow, clock },
    )
    for (const id of ids('d-', 7)) {
      await usage.record({ ...chat, id })
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(lost).toEqual([
      ['d-0002', 'dropped'],
      ['d-0003', 'dropped'],
      ['d-0004', 'dropped'],
    ])
    release()
    expect(await usage.flush()).toBe(0)
    expect(Object.keys(await server.stored('d-')).sort()).toEqual(['d-0000', 'd-0001', 'd-0005', 'd-0006'])
  })

  test('a flush ends after its timeout, and close reports what was not sent', async () => {
    const { lost, listeners } = told()
    const one = client({ ...listeners }, { fetch: away })
    await one.usage.record({ ...chat, id: 'c-1' })
    expect(await one.usage.flush({ milliseconds: 20 })).toBe(1)
    expect(await one.close({ milliseconds: 20 })).toBe(1)
    expect(lost).toEqual([['c-1', 'exit']])
    await expect(one.usage.record({ ...chat, id: 'c-2' })).rejects.toThrow('closed')
    expect(await one.close()).toBe(1)
  })

  test('a listener that throws does not stop the sending', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const { usage } = client({
      onRejected: () => {
        throw new Error('a careless listener')
      },
    })
    await usage.record({ ...chat, id: 't-1', meter: 'none' })
    await usage.record({ ...chat, id: 't-2' })
    expect(await usage.flush()).toBe(0)
    expect(await server.stored('t-')).toEqual({ 't-2': 1 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('warning', onWarning)
    expect(warnings.map(({ message }) => message)).toContain('a careless listener')
  })

  test('many at once, over a connection that loses one in three, arrive once each', async () => {
    let random = 1
    const chance = () => (random = (random * 48271) % 2147483647) / 2147483647
    const { sent, send } = line(() => (['lost', 'away', 'answer'] as const)[Math.floor(chance() * 3)]!)
    const clock = server.handClock()
    const { usage } = client({ batch: { events: 20 } }, { fetch: send, clock })
    await Promise.all(ids('x-', 500).map((id) => usage.record({ ...chat, id })))
    expect(await passUntil(clock, usage.flush())).toBe(0)
    expect(sent.length).toBeGreaterThan(30)
    expect(await server.stored('x-')).toEqual(once(ids('x-', 500)))
  })
})

describe('recording usage with a spool', () => {
  const segments = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ndjson'))
      .sort()

  test('an event is on the disk when it is accepted, and the file goes when the server has answered for it', async () => {
    const folder = newFolder()
    let isAway = true
    const { sent, send } = line(() => (isAway ? 'away' : 'answer'))
    const clock = server.handClock()
    const one = client({ spool: { folder } }, { fetch: send, clock })
    const id = await one.usage.record({ ...chat, properties: { text: 'ü字' } })
    expect(segments(folder)).toHaveLength(1)
    expect(JSON.parse(readFileSync(join(folder, segments(folder)[0]!), 'utf8'))).toMatchObject({
      id,
      ...chat,
    })
    isAway = false
    expect(await passUntil(clock, one.usage.flush())).toBe(0)
    expect(new Set(sent.flat().map((event) => event.id))).toEqual(new Set([id]))
    expect(segments(folder)).toEqual([])
    await one.close()
    expect(readdirSync(folder)).toEqual([])
  })

  test('events that an earlier client could not send are sent by the next, under the same ids, automatically', async () => {
    const folder = newFolder()
    const first = client({ spool: { folder } }, { fetch: away })
    await Promise.all(ids('s-', 300).map((id) => first.usage.record({ ...chat, id })))
    expect(await first.close({ milliseconds: 10 })).toBe(300)
    const clock = server.handClock()
    const { send } = line((n) => (n === 1 ? 'lost' : 'answer'))
    const next = client({ spool: { folder }, batch: { events: 100 } }, { fetch: send, clock })
    await passUntil(
      clock,
      (async () => {
        while (segments(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      })(),
    )
    await next.close()
    expect(await server.stored('s-')).toEqual(once(ids('s-', 300)))
  })

  test('a torn last line is no event, and nothing is appended to it', async () => {
    const folder = newFolder()
    const { errors, listeners } = told()
    const event = (id: string) => JSON.stringify({ ...chat, id, time: '2026-03-10T04:00:00Z' })
    writeFileSync(
      join(folder, '000000000007.ndjson'),
      `${event('torn-1')}\n${event('torn-2')}\n${event('torn-3').slice(0, 40)}`,
    )
    writeFileSync(join(folder, '000000000003.ndjson'), `${event('torn-0')}\n\0\0\0\0\0\n{"id":1}\n`)
    writeFileSync(join(folder, '000000000002.ndjson'), event('torn-x').slice(0, 20))
    const one = client({ ...listeners, spool: { folder } })
    await one.usage.record({ ...chat, id: 'torn-4' })
    expect(await one.usage.flush()).toBe(0)
    expect(await server.stored('torn-')).toEqual(once(['torn-0', 'torn-1', 'torn-2', 'torn-4']))
    expect(errors.map(String)).toEqual(
      [1, 2].map(() => expect.stringContaining('000000000003.ndjson is not an event')),
    )
    expect(segments(folder)).toEqual([])
    await one.close()
  })

  test('a folder belongs to one live process', async () => {
    const folder = newFolder()
    const { errors, lost, listeners } = told()
    const one = client({ spool: { folder } }, { fetch: away })
    await one.usage.record({ ...chat, id: 'h-1' })
    const other = client({ ...listeners, spool: { folder } }, { fetch: away })
    await expect(other.usage.record({ ...chat, id: 'h-2' })).rejects.toThrow(SpoolHeld)
    expect([errors.length, lost]).toEqual([1, [['h-2', 'not_taken']]])
    await one.close({ milliseconds: 1 })
    const lock = join(folder, 'lock')
    writeFileSync(lock, JSON.stringify({ token: 'x', pid: 1, host: 'another-machine' }))
    await expect(client({ spool: { folder } }).usage.record(chat)).rejects.toThrow('another-machine')
    writeFileSync(
      lock,
      JSON.stringify({ token: 'x', pid: process.pid, host: (await import('node:os')).hostname() }),
    )
    const next = client({ spool: { folder } })
    expect(await next.usage.flush()).toBe(0)
    expect(await server.stored('h-')).toEqual({ 'h-1': 1 })
    await next.close()
  })

  test('the spool has a limit too, beyond which events are rejected or the oldest file is dropped', async () => {
    const large = { ...chat, properties: { text: 'x'.repeat(20_000) } }
    const full = { spool: { folder: newFolder(), maxBytes: 3 * 1024 * 1024 } }
    const one = client(full, { fetch: away })
    await expect(
      (async () => {
        for (const id of ids('f-', 200)) await one.usage.record({ ...large, id })
      })(),
    ).rejects.toThrow(UsageQueueFull)
    const kept = segments(full.spool.folder).flatMap((name) =>
      readFileSync(join(full.spool.folder, name), 'utf8').trimEnd().split('\n'),
    )
    expect(kept.length).toBe(Math.floor((3 * 1024 * 1024) / (Buffer.byteLength(kept[0]!) + 1)))
    await one.close({ milliseconds: 1 })

    const { lost, listeners } = told()
    const folder = newFolder()
    const other = client(
      {
        ...listeners,
        spool: { folder, maxBytes: 3 * 1024 * 1024 },
        whenFull: 'drop-oldest',
        batch: { events: 10 },
      },
      { fetch: away },
    )
    for (const id of ids('g-', 300)) await other.usage.record({ ...large, id })
    const left = segments(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((text) => (JSON.parse(text) as SentEvent).id)
    expect(lost.length).toBeGreaterThan(50)
    expect([...lost.map(([id]) => id), ...left].sort()).toEqual(ids('g-', 300))
    expect(left).toContain('g-0000')
    await other.close({ milliseconds: 1 })
  })

  test('an event that cannot be written to the disk is reported, and later ones are accepted once it works', async () => {
    const folder = newFolder()
    const { lost, listeners } = told()
    const one = client({ ...listeners, spool: { folder } }, { fetch: away })
    expect(await one.usage.flush({ milliseconds: 0 })).toBe(0)
    // The name of the next file is taken by a folder.
    mkdirSync(join(folder, '000000000001.ndjson'))
    await expect(one.usage.record({ ...chat, id: 'disk-1' })).rejects.toThrow(/EEXIST/)
    expect(lost).toEqual([['disk-1', 'not_taken']])
    await one.usage.record({ ...chat, id: 'disk-2' })
    expect(segments(folder)).toHaveLength(2)
    rmSync(join(folder, '000000000001.ndjson'), { recursive: true })
    await one.close({ milliseconds: 1 })
  })
})
