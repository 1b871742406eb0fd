import { customerId } from '../customers.ts'
import { secretKey } from '../program.ts'
import { requestOf, type Answer } from './connection.ts'
import { randomFrom } from './events.ts'
import type { PageTimes } from './plain-pages.ts'
import { portalToken } from './portal-token.ts'
import { sendRequests, type Timing } from './requests.ts'

/** What to read, how often, over how many connections, for random customers. */
export interface Reading {
  port: number
  /** With `:id` for the customer: `/customers/:id/…`. */
  path: string
  requests: number
  connections: number
  customers: number
}

/** Reads for random customers, after a warm-up of a fifth as many. */
export async function readOverHttp(
  { port, path, requests, connections, customers }: Reading,
  tell: (done: number) => void,
): Promise<Timing> {
  const of = (count: number, seed: number) => {
    const random = randomFrom(seed)
    return Array.from({ length: count }, () =>
      requestOf('GET', path.replace(':id', customerId(1 + random(customers))), { key: secretKey }),
    )
  }
  await sendRequests(port, connections, of(Math.ceil(requests / 5), 2), isObject)
  tell(0)
  return sendRequests(port, connections, of(requests, 1), isObject)
}

const isObject = ({ body }: Answer) => (body.startsWith('{') ? undefined : body)

export interface PageReading {
  port: number
  customerId: string
  limit: number
  /** The number of the far page. */
  page: number
  times: number
}

/**
 * Pages through a customer's list in the portal's API to a far page, then reads the first and the far one
 * repeatedly.
 */
export async function readPages(
  { port, customerId, limit, page, times }: PageReading,
  tell: (done: number) => void,
): Promise<PageTimes> {
  const key = await portalToken(port, customerId)
  const path = `/api/portal/usage/detail?limit=${limit}`
  let cursor: string | null = null
  for (let turned = 1; turned < page; turned += 1) {
    const { nextCursor }: { nextCursor: string | null } = await get(
      port,
      cursor === null ? path : `${path}&cursor=${cursor}`,
      key,
    )
    if (nextCursor === null) throw new Error(`there is no page ${turned + 1} of ${limit} events`)
    cursor = nextCursor
  }
  const read = async (address: string) => {
    const requests = (count: number) =>
      Array.from({ length: count }, () => requestOf('GET', address, { key }))
    await sendRequests(port, 1, requests(Math.ceil(times / 5)), holdsEvents)
    tell(0)
    return (await sendRequests(port, 1, requests(times), holdsEvents)).p50
  }
  return { first: await read(path), far: await read(`${path}&cursor=${cursor}`) }
}

const holdsEvents = ({ body }: Answer) => (body.startsWith('{"data":[{"id":') ? undefined : body)

async function get<T>(port: number, path: string, key: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
