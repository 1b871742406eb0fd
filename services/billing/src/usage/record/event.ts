import { countsQuantities, noMeter, type Meter } from '../../catalogue/meter.ts'
import { canonicalJson, sha256 } from '../../values/canonical-json.ts'
import type { Instant } from '../../values/instant.ts'
import { stepsFrom } from '../../values/quantity.ts'
import { amountIn } from './amount.ts'
import {
  propertiesTooLong,
  quantityMissing,
  textUnreadable,
  uniqueMissing,
  valueMissing,
  valueNoNumber,
} from './event-fault.ts'
import type { TakenTimes } from '../totals/taken-times.ts'
import { isStorable } from '../../values/storable.ts'
import { timeOf, timeOfHistory, type Rejection } from './event-time.ts'

/**
 * A usage event as the vendor sends it: for one meter, or of a type that meters read. `quantity` is in units,
 * a number or decimal text, and defaults to 1; `time` defaults to now.
 */
export interface UsageEventInput {
  id: string
  customerId: string
  meter?: string
  type?: string
  quantity?: number | string
  time?: string
  properties?: Record<string, unknown>
  /** For events older than 35 days: listed and shown, but counted for no quota and no invoice. */
  historical?: boolean
  /** For an event without a time that was rejected before: when it first arrived, which is when it counts. */
  arrivedAt?: Instant
}

/** What one meter counts of an event: `quantity` is in steps. */
export interface CountedEvent {
  meter: string
  quantity: number
  aggregation: Meter['aggregation']
  /** For a unique meter: the property with the values. */
  uniqueBy?: string
  /** The properties of the break-down. */
  groupBy?: readonly string[]
}

/** A checked event, as the first meter that counts it sees it. */
export interface CheckedEvent extends CountedEvent {
  id: string
  customerId: string
  /** The type of an event that has one, and what the other meters that read it count. */
  type?: string
  also?: readonly CountedEvent[]
  /** The quantity as sent, for meters that may read the event later. */
  sentQuantity?: string
  /** For an event of a type: the part of its quantity in the body hash. */
  hashedQuantity?: number | string
  time: Instant
  /** Whether it was sent with a time. */
  timeSent: boolean
  properties: Record<string, unknown>
  /** The properties as JSON. */
  propertiesText: string
  bodyHash: string
  historical?: true
}

const maxPropertyBytes = 4096

/**
 * Checks an event that names its meter. Its body hash covers the content, not the notation, so that the same
 * event is recognised. A consume or reserve request counts its requested quantity, whatever the properties
 * hold.
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
 * Checks an event of a type: `readers` are the meters that read it, and the meter with that key. Every meter
 * whose filters match counts it; where one cannot, the event is rejected as a whole, so that no meter counts
 * what another misses.
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
    const single = countedBy(meter, event)
    if ('code' in single) return single
    counted.push(single)
  }
  const content = contentOf(event, times)
  if ('code' in content) return content
  const { timeSent, time, propertiesText } = content
  // A CloudEvent whose type is a meter's key equals an event that names this meter.
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

/** Returns an event once per meter that counts it. */
export function countedRows<T extends CheckedEvent>(event: T): T[] {
  return event.also === undefined || event.also.length === 0
    ? [event]
    : [event, ...event.also.map((counted) => ({ ...withoutGroups(event), ...counted }))]
}

function withoutGroups<T extends CheckedEvent>({ uniqueBy: _unique, groupBy: _group, ...event }: T): T {
  return event as unknown as T
}

/** Returns whether the properties of an event match a meter's filters. */
export function holds(filters: Meter['filters'], properties: Record<string, unknown>): boolean {
  return (
    filters === undefined
    || Object.entries(filters).every(
      ([name, value]) => Object.hasOwn(properties, name) && properties[name] === value,
    )
  )
}

/** Returns what a meter counts of an event: its steps, its value and its groups. */
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
 * Returns the quantity of an event for a meter, in the units sent. An amount under another name never counts
 * as 1.
 */
function unitsOf(
  meter: Meter,
  { type, quantity, properties = {} }: UsageEventInput,
): number | string | Rejection {
  const { key, valueProperty } = meter
  // A meter that counts events or values ignores the quantity, which is for other meters.
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

/** Returns one spelling for the same quantity. */
function quantityText(quantity: number | string | undefined): number | string {
  if (quantity === undefined) return 'null'
  const steps = stepsFrom(quantity, maxDecimals)
  return typeof steps === 'number' ? `${steps}e-${maxDecimals}` : JSON.stringify(String(quantity))
}

const maxDecimals = 6

/** Returns what is the same for every meter. */
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
  // JSON may hold these as escapes, and PostgreSQL rejects them.
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
 * Returns whether properties exceed the maximum size of an event, in any order. Checked before anything
 * iterates over them.
 */
export function areTooLong(properties: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(properties)) > maxPropertyBytes
}

/**
 * Hashes what distinguishes an event from another with its id. `quantity` is in steps (for an event of a
 * type, as sent), `time` null where none was sent.
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
