import { createEngine, findMistakes, rebuildUsage } from '@customer-portal/billing'
import type { Database } from '@customer-portal/database'
import { expect } from 'vitest'
import { key } from './server-process.ts'

/** What clients sent, what was acknowledged, and the count of each status (0: no response). */
export interface Ledger {
  sent: Map<string, number>
  acknowledged: Set<string>
  statuses: Map<number, number>
  /** Bodies of responses that no client should ever get. */
  surprises: string[]
}

export const emptyLedger = (): Ledger => ({
  sent: new Map(),
  acknowledged: new Set(),
  statuses: new Map(),
  surprises: [],
})

interface Answer {
  status: number
  body: { accepted: number; duplicates: number; granted: number; rejected: unknown[] }
}

/** Calls the vendor's API once; undefined when no response arrived. */
export async function ask(
  url: string,
  method: string,
  path: string,
  body: object,
): Promise<Answer | undefined> {
  try {
    const answer = await fetch(`${url}/api/billing${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as Answer['body'] }
  } catch {
    return undefined
  }
}

export const customers = ['acme', 'globex']

/** Creates meters, a plan without limits and the customers. */
export async function seedOver(url: string): Promise<void> {
  const must = async (method: string, path: string, body: object) =>
    expect((await ask(url, method, path, body))?.status, path).toBeLessThan(300)
  await must('PUT', '/meters/ai_chat', { name: 'Answers', unit: 'answers' })
  await must('PUT', '/meters/tokens', { name: 'Tokens', unit: 'tokens', groupBy: ['model'] })
  await must('PUT', '/plans/open', {
    name: 'Open',
    fee: { amount: 0, per: 'subscription' },
    charges: ['ai_chat', 'tokens'].map((meter) => ({
      meter,
      included: null,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 1, per: 1000 } },
    })),
  })
  for (const id of customers) {
    await must('POST', '/customers', { id, companyName: id })
    await must('POST', `/customers/${id}/subscription`, { planId: 'open' })
  }
}

const upTo = (most: number) => 1 + Math.floor(Math.random() * most)
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Runs clients that record batches of 1 to 100 events, and one that consumes, without a pause until stopped.
 * Half of the unacknowledged requests are repeated until they are acknowledged; the outcome of the other half
 * stays unknown.
 */
export async function recordUntil(
  url: string,
  ledger: Ledger,
  stop: AbortSignal,
  { clients = 8, name = '' } = {},
): Promise<void> {
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let turn = 0; !stop.aborted; turn += 1)
        await (client === 0 ? consumeOne : recordBatch)(url, ledger, stop, `${name}-${client}-${turn}`)
    }),
  )
}

async function recordBatch(url: string, ledger: Ledger, stop: AbortSignal, name: string): Promise<void> {
  const batch = Array.from({ length: upTo(100) }, (_, index) => ({
    id: `${name}-${index}`,
    customerId: customers[index % customers.length]!,
    meter: index % 3 === 0 ? 'tokens' : 'ai_chat',
    quantity: upTo(9),
    properties: { model: `m${upTo(5)}` },
  }))
  for (const { id, quantity } of batch) ledger.sent.set(id, quantity)
  const answer = await repeatUntilAcknowledged(ledger, stop, () => ask(url, 'POST', '/events', batch))
  if (!answer) return
  if (answer.body.accepted + answer.body.duplicates !== batch.length)
    ledger.surprises.push(JSON.stringify(answer.body))
  for (const { id } of batch) ledger.acknowledged.add(id)
}

async function consumeOne(url: string, ledger: Ledger, stop: AbortSignal, id: string): Promise<void> {
  const quantity = upTo(9)
  ledger.sent.set(id, quantity)
  const answer = await repeatUntilAcknowledged(ledger, stop, () =>
    ask(url, 'POST', '/customers/acme/quota/ai_chat/consume', { id, quantity }),
  )
  if (answer && answer.body.granted !== quantity) ledger.surprises.push(JSON.stringify(answer.body))
  if (answer) ledger.acknowledged.add(id)
}

/** Repeats until acknowledged; half of the callers give up after the first failure. */
async function repeatUntilAcknowledged(
  ledger: Ledger,
  stop: AbortSignal,
  request: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const gives = Math.random() < 0.5
  for (;;) {
    const answer = await request()
    const status = answer?.status ?? 0
    ledger.statuses.set(status, (ledger.statuses.get(status) ?? 0) + 1)
    if (status === 200) return answer
    if (![0, 429, 503].includes(status)) ledger.surprises.push(`${status} ${JSON.stringify(answer?.body)}`)
    await pause(50)
    if (gives || stop.aborted) return undefined
  }
}

/**
 * Asserts that every acknowledged event is stored exactly once as it was sent, that nothing else is stored,
 * and that every total is the sum of the events.
 */
export async function expectNothingLost(database: Database, ledger: Ledger): Promise<void> {
  const events = await database.asOwner((tx) =>
    tx.query<{ id: string; quantity: number }>('select id, quantity from usage_events'),
  )
  const stored = new Map(events.map(({ id, quantity }) => [id, quantity]))
  expect(events.length - stored.size, 'events that are there twice').toBe(0)
  expect(
    [...ledger.acknowledged].filter((id) => !stored.has(id)),
    'acknowledged events that are lost',
  ).toEqual([])
  expect(
    events.filter(({ id, quantity }) => ledger.sent.get(id) !== quantity),
    'events that nobody sent so',
  ).toEqual([])
  const [sums] = await database.asOwner((tx) =>
    tx.query('select sum(quantity)::bigint as quantity, sum(events)::bigint as events from usage_daily'),
  )
  expect(sums).toEqual({
    quantity: events.reduce((total, { quantity }) => total + quantity, 0),
    events: events.length,
  })
  const engine = createEngine({
    db: database,
    now: () => new Date().toISOString().replace('Z', '000Z'),
    newId: (prefix) => `${prefix}_check`,
  })
  const amiss: unknown[] = []
  for await (const difference of rebuildUsage(engine, { check: true })) amiss.push(difference)
  for await (const mistake of findMistakes(engine)) amiss.push(mistake)
  expect(amiss).toEqual([])
  expect(ledger.surprises).toEqual([])
}
