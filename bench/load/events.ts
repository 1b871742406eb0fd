import { newEventId } from '../../packages/sdk/src/event-id.ts'
import { customerId, dimensions, metersBy } from '../customers.ts'

export interface SentEvent {
  id: string
  customerId: string
  meter: string
  quantity: number
  time: string
  properties?: Record<string, string>
}

/**
 * A vendor's load: how many customers are mixed at random, and by how many properties their meters are
 * grouped.
 */
export interface Mix {
  customers: number
  groupBy: number
  /** Whether the events carry both properties, grouped or not. */
  withProperties: boolean
}

const newestSecondsAgo = 5
const spreadSeconds = 60

/**
 * Events of the last minute in order of time, with ids as the SDK makes them. The same seed gives the same
 * events except for id and time.
 */
export function eventsOf(count: number, { customers, groupBy, withProperties }: Mix, seed = 1): SentEvent[] {
  const random = randomFrom(seed)
  const meters = metersBy(groupBy)
  const oldest = Date.now() - (newestSecondsAgo + spreadSeconds) * 1000
  return Array.from({ length: count }, (_, place) => {
    const at = oldest + Math.floor((place * spreadSeconds * 1000) / count)
    return {
      id: newEventId(at),
      customerId: customerId(1 + random(customers)),
      meter: meters[random(meters.length)]!,
      quantity: 1 + random(100),
      time: new Date(at).toISOString(),
      ...(withProperties
        ? { properties: { model: dimensions.model[random(5)]!, channel: dimensions.channel[random(8)]! } }
        : {}),
    }
  })
}

/**
 * One event per customer, meter and value of its properties, so that rows created by a first event exist
 * afterwards.
 */
export function firstEvents({ customers, groupBy, withProperties }: Mix): SentEvent[] {
  const time = new Date(Date.now() - spreadSeconds * 1000).toISOString()
  const values = withProperties
    ? dimensions.channel.map((channel, place) => ({ model: dimensions.model[place % 5]!, channel }))
    : [undefined]
  const events = values.flatMap((properties) =>
    metersBy(groupBy).flatMap((meter) =>
      Array.from({ length: customers }, (_, number): SentEvent => ({
        id: newEventId(Date.now()),
        customerId: customerId(number + 1),
        meter,
        quantity: 1,
        time,
        ...(properties ? { properties } : {}),
      })),
    ),
  )
  return events
}

/** Whole numbers below a bound, always the same ones (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
