import { consume } from '@customer-portal/billing'
import { newEventId } from '../../packages/sdk/src/event-id.ts'
import { customerId } from '../customers.ts'
import { onEngineNow } from '../engine.ts'
import { secretKey, type Location } from '../program.ts'
import { openConditionalUpdate } from './conditional-update.ts'
import { requestOf, type Answer } from './connection.ts'
import { randomFrom } from './events.ts'
import { callAtOnce, sendRequests, type Timing } from './requests.ts'

export const meter = 'ai_chat'

/** The load: one unit per request, by `clients` clients, of random customers. */
export interface Demand {
  requests: number
  clients: number
  customers: number
}

const warmShare = 5
/** The number of warm-up requests before the measured ones. */
export const warmUpOf = ({ requests }: Demand) => Math.ceil(requests / warmShare)

const customersOf = (demand: Demand, requests: number, seed: number) => {
  const random = randomFrom(seed)
  return Array.from({ length: requests }, () => customerId(1 + random(demand.customers)))
}

async function warmThenMeasured(
  demand: Demand,
  work: (customerIds: string[]) => Promise<Timing>,
  tell?: (done: number) => void,
): Promise<Timing> {
  await work(customersOf(demand, warmUpOf(demand), 2))
  tell?.(0)
  return work(customersOf(demand, demand.requests, 1))
}

/** The engine's `consume`, called by clients in this process. */
export function consumeInside({ location, ...demand }: { location: Location } & Demand): Promise<Timing> {
  return onEngineNow(location, (engine) =>
    warmThenMeasured(demand, (customers) =>
      callAtOnce(demand.clients, customers.length, async (place) => {
        const { granted } = await consume(engine, {
          customerId: customers[place]!,
          meter,
          id: newEventId(Date.now()),
          quantity: 1,
        })
        if (granted !== 1) throw new Error(`granted ${granted}`)
      }),
    ),
  )
}

/** One conditional UPDATE per request, from clients in this process. */
export async function updateInside({ url, ...demand }: { url: string } & Demand): Promise<Timing> {
  const quotas = openConditionalUpdate(url)
  try {
    return await warmThenMeasured(demand, (customers) =>
      callAtOnce(demand.clients, customers.length, async (place) => {
        if ((await quotas.consume(customers[place]!, meter, 1)) === undefined) throw new Error('not granted')
      }),
    )
  } finally {
    await quotas.end()
  }
}

/** The same over HTTP, from whichever server listens on the port. */
export function consumeOverHttp(
  { port, path, ...demand }: { port: number; path: string } & Demand,
  tell: (done: number) => void,
): Promise<Timing> {
  return warmThenMeasured(
    demand,
    (customers) => {
      const requests = customers.map((id) =>
        requestOf('POST', `${path}/customers/${id}/quota/${meter}/consume`, {
          key: secretKey,
          body: JSON.stringify({ id: newEventId(Date.now()), quantity: 1 }),
        }),
      )
      return sendRequests(port, demand.clients, requests, isGranted)
    },
    tell,
  )
}

const isGranted = ({ body }: Answer) => (body.startsWith('{"granted":1,') ? undefined : body)
