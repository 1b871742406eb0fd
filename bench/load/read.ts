import { customerId } from '../customers.ts'
import { secretKey } from '../program.ts'
import { requestOf, type Answer } from './connection.ts'
import { randomFrom } from './events.ts'
import type { PageTimes } from './plain-pages.ts'
import { portalToken } from './portal-token.ts'
import { sendRequests, type Timing } from './requests.ts'

/** What is read, so often, over so many connections, of so many customers at random. */
export interface Reading {
  port: number
  /** Of the customer in its place: `/customers/:id/…`. */
  path: string
  requests: number
  connections: number
  customers: number
}

/** Reads something of customers at random, first a fifth as often to be warm. */
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
  /** Which page is the far one. */
  page: number
  times: number
}

/**
 * Turns a customer's pages in the portal's API down to a far one, then reads the first and that one again and
 * again.
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
