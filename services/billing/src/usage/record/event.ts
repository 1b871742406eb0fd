import type { Code } from '../../errors.ts'
import { countsQuantities, noMeter, type Meter } from '../../catalogue/meter.ts'
import { canonicalJson, sha256 } from '../../values/canonical-json.ts'
import { parseInstant, type Instant } from '../../values/instant.ts'
import { stepsFrom } from '../../values/quantity.ts'
import { amountIn } from './amount.ts'
import {
  propertiesTooLong,
  quantityMissing,
  textUnreadable,
  timeUnreadable,
  uniqueMissing,
  valueMissing,
  valueNoNumber,
} from './event-fault.ts'
import { aheadSeconds, latestDays, type TakenTimes } from '../totals/taken-times.ts'
import { isStorable } from '../../values/storable.ts'

/**
 * A usage event as the vendor sends it: for one meter, or of a type, which meters read. `quantity` is in
 * units, a number or a decimal as text, and defaults to 1, `time` to now.
 */
export interface UsageEventInput {
  id: string
  customerId: string
  meter?: string
  type?: string
  quantity?: number | string
  time?: string
  properties?: Record<string, unknown>
  /** Of before the last 35 days: it is listed and shown, and counts for no quota and no invoice. */
  historical?: boolean
  /** When one without a time first came, where it was refused then: it counts at that moment. */
  arrivedAt?: Instant
}

/** What one meter makes of an event: `quantity` is steps. */
export interface CountedEvent {
  meter: string
  quantity: number
  aggregation: Meter['aggregation']
  /** Of a meter that counts different values: the property they are of. */
  uniqueBy?: string
  /** The properties it is broken down by. */
  groupBy?: readonly string[]
}

/** An event that was checked, as the first meter that counts it does. */
export interface CheckedEvent extends CountedEvent {
  id: string
  customerId: string
  /** Of an event that names one, and what the other meters that read it make of it. */
  type?: string
  also?: readonly CountedEvent[]
  /** The quantity it was sent with, for meters that may read it later. */
  sentQuantity?: string
  /** Of an event of a type: what of its quantity is in the body hash. */
  hashedQuantity?: number | string
  time: Instant
  /** Whether its time was sent. */
  timeSent: boolean
  properties: Record<string, unknown>
  /** The properties as JSON. */
  propertiesText: string
  bodyHash: string
  historical?: true
}

export interface Rejection {
  code: Code
  detail: string
}

const maxPropertyBytes = 4096

/**
 * Checks an event that names its meter. Its body hash is of the content it has, however that is written, so
 * that the same event is recognised as the same. Where it is asked for, its quantity is what was asked,
 * whatever stands in the properties.
 */
export function checkEvent(
  event: UsageEventInput,
  meter: Meter | undefined,
  times: TakenTimes,
  isAsked = false,
): CheckedEvent | Rejection {
  if (!meter) return { code: 'meter_not_found', detail: `there is no meter '${event.meter}'` }
  if (event.properties && areTooLong(event.properties)) return tooLongOf
  const counted = countedBy(meter, event, isAsked)
  if ('code' in counted) return counted
  const content = contentOf(event, times)
  if ('code' in content) return content
  const { timeSent, time, propertiesText } = content
  const bodyHash = bodyHashOf({
    meter: meter.key,
    quantity: counted.quantity,
    time: timeSent ? time : null,
    propertiesText,
  })
  return { id: event.id, customerId: event.customerId, ...content, bodyHash, ...counted }
}

/**
 * Checks an event that names a type: `readers` are the meters that read it, and the one whose key it is. Each
 * whose filters hold counts it; where one cannot, it is refused as a whole, so that no meter counts what
 * another misses.
 */
export function checkTypedEvent(
  event: UsageEventInput & { type: string },
  readers: readonly Meter[],
  times: TakenTimes,
): CheckedEvent | Rejection {
  const { type, properties = {} } = event
  if (readers.length === 0)
    return {
      code: 'meter_not_found',
      detail: `there is no meter '${type}', and none reads events of type '${type}'`,
    }
  if (areTooLong(properties)) return tooLongOf
  const counted: CountedEvent[] = []
  for (const meter of readers) {
    if (meter.eventType === type && !holds(meter.filters, properties)) continue
    const one = countedBy(meter, event)
    if ('code' in one) return one
    counted.push(one)
  }
  const content = contentOf(event, times)
  if ('code' in content) return content
  const { timeSent, time, propertiesText } = content
  // A CloudEvent whose type is a meter's key is the same event as one that names this meter.
  const named = counted.find((one) => one.meter === type)
  const hashedQuantity = named?.quantity ?? quantityText(event.quantity)
  const bodyHash = bodyHashOf({
    meter: type,
    quantity: hashedQuantity,
    time: timeSent ? time : null,
    propertiesText,
  })
  const [first = { meter: noMeter, quantity: 0, aggregation: 'sum' as const }, ...also] = counted
  const sent = event.quantity === undefined ? {} : { sentQuantity: String(event.quantity) }
  return {
    id: event.id,
    customerId: event.customerId,
    type,
    ...sent,
    ...content,
    hashedQuantity,
    bodyHash,
    ...first,
    also,
  }
}

/** An event as each meter that counts it does. */
export function countedRows<T extends CheckedEvent>(event: T): T[] {
  return event.also === undefined || event.also.length === 0
    ? [event]
    : [event, ...event.also.map((counted) => ({ ...withoutGroups(event), ...counted }))]
}

function withoutGroups<T extends CheckedEvent>({ uniqueBy: _unique, groupBy: _group, ...event }: T): T {
  return event as unknown as T
}

/** Whether the properties of an event have the values a meter asks for. */
export function holds(filters: Meter['filters'], properties: Record<string, unknown>): boolean {
  return (
    filters === undefined
    || Object.entries(filters).every(
      ([name, value]) => Object.hasOwn(properties, name) && properties[name] === value,
    )
  )
}

/** What a meter makes of an event: how much in steps, of which value, in which groups. */
export function countedBy(meter: Meter, event: UsageEventInput, isAsked = false): CountedEvent | Rejection {
  const { properties = {} } = event
  const units = isAsked ? unitsAsked(meter, event) : unitsOf(meter, event)
  if (typeof units === 'object') return units
  const quantity = stepsFrom(units, meter.decimals)
  if (quantity === 'quantity_negative') return { code: quantity, detail: `quantity ${units} is below zero` }
  if (quantity === 'quantity_too_precise')
    return {
      code: quantity,
      detail: `quantity ${units} has more than the ${meter.decimals} decimals of meter '${meter.key}'`,
    }
  if (quantity === 'quantity_overflow')
    return { code: quantity, detail: `quantity ${units} is larger than can be counted exactly` }
  const { aggregation, uniqueBy, groupBy } = meter
  if (uniqueBy !== undefined && (!Object.hasOwn(properties, uniqueBy) || properties[uniqueBy] === null)) {
    return { code: 'validation_failed', detail: uniqueMissing(meter.key, uniqueBy) }
  }
  const counted: CountedEvent = { meter: meter.key, quantity, aggregation }
  if (uniqueBy !== undefined) counted.uniqueBy = uniqueBy
  if (groupBy !== undefined) counted.groupBy = groupBy
  return counted
}

/**
 * The quantity of an event for a meter, in units as they were sent. An amount that stands under another name
 * never counts as 1.
 */
function unitsOf(
  meter: Meter,
  { type, quantity, properties = {} }: UsageEventInput,
): number | string | Rejection {
  const { key, valueProperty } = meter
  // What is counted is the event or a value of it: its quantity is meant for other meters.
  if (type !== undefined && meter.eventType === type && !countsQuantities(meter)) return 1
  const value =
    valueProperty !== undefined && Object.hasOwn(properties, valueProperty) ? properties[valueProperty] : null
  if (value !== null) {
    if (isNumeric(value)) return value
    return { code: 'validation_failed', detail: valueNoNumber(key, valueProperty!) }
  }
  if (quantity !== undefined) return quantity
  if (!countsQuantities(meter)) return 1
  if (valueProperty !== undefined) {
    return { code: 'validation_failed', detail: valueMissing(key, valueProperty) }
  }
  if (type !== undefined && meter.eventType === type) {
    return {
      code: 'validation_failed',
      detail: quantityMissing(
        key,
        "send a quantity, or name the property it stands in as the meter's valueProperty",
      ),
    }
  }
  return oneOrRefused(meter, properties, {
    isPlain: type === undefined,
    send: "Send it as quantity, or name it as the meter's valueProperty",
  })
}

function unitsAsked(
  meter: Meter,
  { quantity, properties = {} }: UsageEventInput,
): number | string | Rejection {
  if (quantity !== undefined) return quantity
  return countsQuantities(meter)
    ? oneOrRefused(meter, properties, { isPlain: true, send: 'Send it as quantity' })
    : 1
}

function oneOrRefused(
  meter: Meter,
  properties: Record<string, unknown>,
  { isPlain, send }: { isPlain: boolean; send: string },
): 1 | Rejection {
  const amount = amountIn(properties, meter, isPlain)
  if (!amount) return 1
  const detail =
    `'${amount.name}' (${amount.value}) is not counted. ${send}; where each event counts as one, `
    + 'send the quantity 1'
  return { code: 'validation_failed', detail: quantityMissing(meter.key, detail) }
}

function isNumeric(value: unknown): value is number | string {
  return (
    typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))
  )
}

/** However it is written, the same quantity has the same text. */
function quantityText(quantity: number | string | undefined): number | string {
  if (quantity === undefined) return 'null'
  const steps = stepsFrom(quantity, maxDecimals)
  return typeof steps === 'number' ? `${steps}e-${maxDecimals}` : JSON.stringify(String(quantity))
}

const maxDecimals = 6

/** What of an event is the same for every meter. */
function contentOf(
  event: UsageEventInput,
  times: TakenTimes,
): Pick<CheckedEvent, 'time' | 'timeSent' | 'properties' | 'propertiesText' | 'historical'> | Rejection {
  const time = event.historical
    ? timeOfHistory(event.time, times)
    : event.time === undefined && event.arrivedAt === undefined
      ? times.at
      : timeOf(event.time ?? event.arrivedAt!, times)
  if (typeof time !== 'string') return time
  const properties = event.properties ?? {}
  const propertiesText = event.properties === undefined ? '{}' : canonicalJson(properties)
  // What JSON may hold, as an escape, and the database may not.
  if (
    (propertiesText.includes('\\u') && !isStorable(properties))
    || !isStorable(event.id)
    || !isStorable(event.type ?? '')
  ) {
    return { code: 'validation_failed', detail: textUnreadable }
  }
  return {
    time,
    timeSent: event.time !== undefined,
    properties,
    propertiesText,
    ...(event.historical ? { historical: true } : {}),
  }
}

const tooLongOf: Rejection = { code: 'validation_failed', detail: propertiesTooLong(maxPropertyBytes) }

/**
 * Whether properties take more room than an event may, in whatever order they stand. Asked before anything
 * looks at each of them.
 */
export function areTooLong(properties: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(properties)) > maxPropertyBytes
}

/**
 * What tells an event from another of its id. `quantity` is steps (of an event of a type, which have none,
 * the quantity as sent), `time` null where none was sent.
 */
export function bodyHashOf({
  meter,
  quantity,
  time,
  propertiesText,
}: {
  meter: string
  quantity: number | string
  time: Instant | null
  propertiesText: string
}): string {
  return sha256(
    `[${JSON.stringify(meter)},${quantity},${time === null ? 'null' : `"${time}"`},${propertiesText}]`,
  )
}

function timeOf(text: string, { at, from, to }: TakenTimes): Instant | Rejection {
  const time = parseInstant(text)
  if (!time) return { code: 'validation_failed', detail: timeUnreadable(text) }
  if (time < from)
    return {
      code: 'event_too_old',
      detail:
        `time ${time} is more than ${latestDays} days ago: as history, which is shown and not billed, `
        + 'it is taken with historical: true',
    }
  if (time > to)
    return {
      code: 'event_in_future',
      detail: `time ${time} is more than ${aheadSeconds / 60} minutes ahead of the server's ${at}`,
    }
  return time
}

function timeOfHistory(text: string | undefined, { from, historyFrom }: TakenTimes): Instant | Rejection {
  const time = parseInstant(text ?? '')
  if (text === undefined)
    return { code: 'validation_failed', detail: 'a historical event says when it was: time is missing' }
  if (!time) return { code: 'validation_failed', detail: timeUnreadable(text) }
  if (time >= from)
    return {
      code: 'event_too_recent',
      detail:
        `time ${time} is not more than ${latestDays} days ago: usage of then is recorded without `
        + 'historical, and counts',
    }
  if (time < historyFrom)
    return {
      code: 'event_too_old',
      detail: `time ${time} is before ${historyFrom}, from which on history is taken`,
    }
  return time
}
