import type { Code } from '../failure.ts'
import type { Meter } from '../meter.ts'
import { canonicalJson, sha256 } from '../rules/canonical.ts'
import { addSeconds, parseInstant, type Instant } from '../rules/instant.ts'
import { stepsFrom } from '../rules/quantity.ts'

/** A usage event as the vendor sends it. `quantity` is in units, a number or a decimal as text, and defaults to 1, `time` to now. */
export interface UsageEventInput {
  id: string
  customerId: string
  meter: string
  quantity?: number | string
  time?: string
  properties?: Record<string, unknown>
  /** When one without a time first came, where it was refused then: it counts at that moment. */
  arrivedAt?: Instant
}

/** An event that was checked: `quantity` is steps. */
export interface CheckedEvent {
  id: string
  customerId: string
  meter: string
  quantity: number
  time: Instant
  /** Whether its time was sent. */
  timeSent: boolean
  properties: Record<string, unknown>
  /** The properties as JSON. */
  propertiesText: string
  bodyHash: string
  aggregation: Meter['aggregation']
  /** Of a meter that counts different values: the property they are of. */
  uniqueBy?: string
  /** The properties it is broken down by. */
  groupBy?: readonly string[]
}

export interface Rejection {
  code: Code
  detail: string
}

/** Late events are taken for this long: afterwards the period can no longer be billed. */
export const latestDays = 35
/** The clocks of senders may be ahead by this much. */
export const aheadSeconds = 300
export const mostPropertyBytes = 4096

/** The times that are taken at an instant, both ends in. */
export interface TakenTimes {
  at: Instant
  from: Instant
  to: Instant
}

export function takenTimes(at: Instant): TakenTimes {
  return { at, from: addSeconds(at, -latestDays * 86_400), to: addSeconds(at, aheadSeconds) }
}

/** Checks one event on its own. Its body hash is of the content it has, however that is written, so that the same event is recognised as the same. */
export function checkEvent(event: UsageEventInput, meter: Meter | undefined, times: TakenTimes): CheckedEvent | Rejection {
  if (!meter) return { code: 'meter_not_found', detail: `there is no meter '${event.meter}'` }
  const units = event.quantity ?? 1
  const quantity = stepsFrom(units, meter.decimals)
  if (quantity === 'quantity_negative') return { code: quantity, detail: `quantity ${units} is below zero` }
  if (quantity === 'quantity_too_precise') return { code: quantity, detail: `quantity ${units} has more than the ${meter.decimals} decimals of meter '${meter.key}'` }
  if (quantity === 'quantity_overflow') return { code: quantity, detail: `quantity ${units} is larger than can be counted exactly` }
  const time = event.time === undefined && event.arrivedAt === undefined ? times.at : timeOf(event.time ?? event.arrivedAt!, times)
  if (typeof time !== 'string') return time
  const properties = event.properties ?? {}
  const propertiesText = event.properties === undefined ? '{}' : canonicalJson(properties)
  if (Buffer.byteLength(propertiesText) > mostPropertyBytes) return { code: 'validation_failed', detail: `properties take more than ${mostPropertyBytes} bytes` }
  // What JSON may hold, as an escape, and the database may not.
  if ((propertiesText.includes('\\u') && !isStorable(properties)) || !isStorable(event.id)) return { code: 'validation_failed', detail: 'the event holds a NUL character or half of a surrogate pair' }
  const { aggregation, uniqueBy, groupBy } = meter
  if (uniqueBy !== undefined && (!Object.hasOwn(properties, uniqueBy) || properties[uniqueBy] === null)) {
    return { code: 'validation_failed', detail: `meter '${meter.key}' counts the different values of property '${uniqueBy}', which the event does not have` }
  }
  const bodyHash = bodyHashOf({ meter: event.meter, quantity, time: event.time === undefined ? null : time, propertiesText })
  const checked: CheckedEvent = { id: event.id, customerId: event.customerId, meter: meter.key, quantity, time, timeSent: event.time !== undefined, properties, propertiesText, bodyHash, aggregation }
  if (uniqueBy !== undefined) checked.uniqueBy = uniqueBy
  if (groupBy !== undefined) checked.groupBy = groupBy
  return checked
}

/** What tells an event from another of its id. `quantity` is steps, `time` null where none was sent. */
export function bodyHashOf({ meter, quantity, time, propertiesText }: { meter: string; quantity: number; time: Instant | null; propertiesText: string }): string {
  return sha256(`[${JSON.stringify(meter)},${quantity},${time === null ? 'null' : `"${time}"`},${propertiesText}]`)
}

function timeOf(text: string, { at, from, to }: TakenTimes): Instant | Rejection {
  const time = parseInstant(text)
  if (!time) return { code: 'validation_failed', detail: `time '${text}' is not an RFC 3339 instant` }
  if (time < from) return { code: 'event_too_old', detail: `time ${time} is more than ${latestDays} days ago` }
  if (time > to) return { code: 'event_in_future', detail: `time ${time} is more than ${aheadSeconds / 60} minutes ahead of the server's ${at}` }
  return time
}

/** Whether the database can keep a value: JSON may hold NUL characters and halves of surrogate pairs, which it does not. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (value === null || typeof value !== 'object') return true
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member))
}
