import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import { planFrom, type Charge, type PlanRow } from '../../catalogue/plan.ts'
import { addDays, earlier, later, type LocalDate } from '../../values/date.ts'
import { maxAmountOf, type Price } from '../../pricing/price.ts'
import { isAdditive, metersByKey, type Meter } from '../../catalogue/meter.ts'

/** An event with its date; `quantity` is steps. */
interface DatedEvent {
  customerId: string
  meter: string
  localDate: LocalDate
  quantity: number
}

/**
 * From this quantity on events are checked: a thousand smaller events, or a month of such days, still count
 * exactly.
 */
const largeEvent = 1_000_000_000
const largeDay = 1_000_000_000_000
/**
 * Customers with such a day are marked (customers_with_large_days): the days of others need no check, unless
 * their price is high.
 */
export const markedDay = 1_000_000_000

/**
 * Maximum amount of one meter's month, in minor units: fifty such charges on one invoice still add up
 * exactly.
 */
const maxMonthlyAmount = 100_000_000_000_000n
/** A batch of a thousand such events, or a month of such days, still costs less than the maximum. */
const expensiveEvent = maxMonthlyAmount / 40_000n
const dearDay = maxMonthlyAmount / 40n

export const overflowDetail = `the period's sum would pass ${Number.MAX_SAFE_INTEGER} steps, or cost more than ${maxMonthlyAmount} minor units`

/** The meters of the events and the charges of their customers. */
interface Priced {
  meters: ReadonlyMap<string, Meter>
  chargesOf(customerId: string): readonly Charge[]
  /** Whether the customer may have a day beyond `markedDay`. */
  mayHaveLargeDays(customerId: string): boolean
}

/**
 * Returns whether some month around the events' dates now exceeds what can be counted, or billed, exactly.
 * Recorded events stay, so this is the last moment to reject them. Queries only when an event or day comes
 * close.
 */
export async function tooLarge(
  tx: BillingTransaction,
  events: readonly DatedEvent[],
  priced?: Priced,
): Promise<boolean> {
  if (events.length === 0) return false
  const { meters, chargesOf, mayHaveLargeDays } = priced ?? {
    meters: await metersByKey(tx),
    chargesOf: await currentCharges(tx, events),
    mayHaveLargeDays: () => true,
  }
  const costs: Costs = ({ customerId, meter }, quantity) => {
    const price = priceOf(chargesOf(customerId), meter)
    return price ? maxAmountOf(price, quantity, meters.get(meter)!.decimals) : 0n
  }
  const byPrice = largestByPrice(events, chargesOf)
  if (
    ![...byPrice.values()].some(
      (event) => event.quantity > largeEvent || costs(event, event.quantity) > expensiveEvent,
    )
  ) {
    const dear = new Set(
      [...byPrice].flatMap(([price, event]) => (costs(event, markedDay) > dearDay ? [price] : [])),
    )
    const near = events.filter(
      (event) =>
        mayHaveLargeDays(event.customerId)
        || (dear.size > 0 && dear.has(priceOf(chargesOf(event.customerId), event.meter))),
    )
    if (near.length === 0 || !(await hasLargeDay(tx, near, dear.size > 0 ? 0 : markedDay, costs)))
      return false
  }
  for (const event of new Map(
    events.map((one) => [`${one.customerId} ${one.meter} ${one.localDate}`, one]),
  ).values()) {
    const total = await largestMonth(tx, event, isAdditive(meters.get(event.meter)!))
    if (total > BigInt(Number.MAX_SAFE_INTEGER) || costs(event, Number(total)) > maxMonthlyAmount) return true
  }
  return false
}

/** Returns an upper bound for the amount of a quantity on the customer's plan; 0 without a price. */
type Costs = (event: Pick<DatedEvent, 'customerId' | 'meter'>, quantity: number) => bigint

const priceOf = (charges: readonly Charge[], meter: string) =>
  charges.find((charge) => charge.meter === meter)?.price

/** Returns the largest event per price, or without one: the others cost less. */
function largestByPrice(
  events: readonly DatedEvent[],
  chargesOf: Priced['chargesOf'],
): Map<Price | undefined, DatedEvent> {
  const found = new Map<Price | undefined, DatedEvent>()
  for (const event of events) {
    const price = priceOf(chargesOf(event.customerId), event.meter)
    if (event.quantity > (found.get(price)?.quantity ?? -1)) found.set(price, event)
  }
  return found
}

async function currentCharges(
  tx: BillingTransaction,
  events: readonly DatedEvent[],
): Promise<Priced['chargesOf']> {
  const rows = await tx.query<{ customerId: string; id: string; version: number }>(
    `select customer_id as "customerId", plan_id as id, plan_version as version
      from phases
      where customer_id = any($1) and ends_on is null`,
    [[...new Set(events.map((event) => event.customerId))]],
  )
  const known = await chargesByVersion(tx, rows)
  const charges = new Map(rows.map((row) => [row.customerId, known.get(`${row.id} ${row.version}`)!]))
  return (customerId) => charges.get(customerId) ?? []
}

/** Returns the charges of plan versions by `id version`, each once for all its customers. */
export async function chargesByVersion(
  tx: BillingTransaction,
  subscribed: readonly { id: string; version: number }[],
): Promise<ReadonlyMap<string, readonly Charge[]>> {
  const versions = new Map(subscribed.map(({ id, version }) => [`${id} ${version}`, { id, version }]))
  if (versions.size === 0) return new Map()
  const rows = await tx.query<PlanRow>(
    `select p.id, p.version, p.spec
      from plans p
      join jsonb_to_recordset($1) as v(id text, version int) on (p.id, p.version) = (v.id, v.version)`,
    [JSON.stringify([...versions.values()])],
  )
  return new Map(rows.map((row) => [`${row.id} ${row.version}`, planFrom(row).charges]))
}

/**
 * Returns the largest sum (or largest day, where days are not added up) of 31 consecutive days that contain
 * the event's date: no period is longer.
 */
async function largestMonth(
  tx: BillingTransaction,
  { customerId, meter, localDate }: DatedEvent,
  summed: boolean,
): Promise<bigint> {
  const [window] = await tx.query<{ most: string | null }>(
    sql`
      select max(total)::text as most
      from (
        select ${sql.raw(summed ? 'sum' : 'max')}(quantity) over (
          order by local_date range between current row and interval '30 days' following
        ) as total
        from usage_daily
        where customer_id = ${customerId}
          and meter = ${meter}
          and local_date between ${addDays(localDate, -30)} and ${addDays(localDate, 30)}
      ) as windows`,
  )
  return BigInt(window!.most ?? '0')
}

/**
 * Returns whether with history some month around its dates, billed usage included, would exceed what can be
 * shown exactly.
 */
export async function isHistoryTooLarge(
  tx: BillingTransaction,
  events: readonly DatedEvent[],
): Promise<boolean> {
  if (events.length === 0) return false
  const counted = [
    ...new Map(
      events.map(({ customerId, meter }) => [`${customerId} ${meter}`, { customer_id: customerId, meter }]),
    ).values(),
  ]
  const dates = events.map((event) => event.localDate)
  const [window] = await tx.query<{ most: string | null }>(
    `select max(total)::text as most
      from (
        select sum(d.quantity) over (
          partition by e.customer_id, e.meter
          order by d.local_date range between current row and interval '30 days' following
        ) as total
        from jsonb_to_recordset($1) as e(customer_id text, meter text)
        cross join lateral (
          select local_date, quantity
          from historical_daily
          where (customer_id, meter) = (e.customer_id, e.meter) and local_date between $2 and $3
          union all
          select local_date, quantity
          from usage_daily
          where (customer_id, meter) = (e.customer_id, e.meter) and local_date between $2 and $3
        ) d
      ) as windows`,
    [JSON.stringify(counted), addDays(dates.reduce(earlier), -30), addDays(dates.reduce(later), 30)],
  )
  return BigInt(window!.most ?? '0') > maxHistoricalQuantity
}

/** Days of a level are added up too: this is an upper bound, far below what is exact. */
const maxHistoricalQuantity = BigInt(Number.MAX_SAFE_INTEGER) / 2n

/**
 * Checks a month on either side: a small event on a quiet day may be too much for a period with a large day.
 * Quantities up to `small` are not even sent.
 */
async function hasLargeDay(
  tx: BillingTransaction,
  events: readonly DatedEvent[],
  small: number,
  costs: Costs,
): Promise<boolean> {
  const counted = [...new Map(events.map((event) => [`${event.customerId} ${event.meter}`, event])).values()]
  const dates = events.map((event) => event.localDate)
  const rows = await tx.query<{ customerId: string; meter: string; quantity: number }>(
    `select e.customer_id as "customerId", e.meter, least(d.quantity, 9007199254740991) as quantity
      from unnest($1::text[], $2::text[]) as e(customer_id, meter)
      cross join lateral (
        select max(quantity) as quantity
        from usage_daily
        where customer_id = e.customer_id and meter = e.meter and local_date between $3 and $4
      ) d
      where d.quantity > $5`,
    [
      counted.map((event) => event.customerId),
      counted.map((event) => event.meter),
      addDays(dates.reduce(earlier), -30),
      addDays(dates.reduce(later), 30),
      small,
    ],
  )
  return rows.some((row) => row.quantity > largeDay || costs(row, row.quantity) > dearDay)
}

/** Returns whether a day is so small that a month of such days stays far below the limits. */
export function isFarFromTooLarge(day: number, price: Price | undefined, decimals: number): boolean {
  return day <= largeDay && (price === undefined || maxAmountOf(price, day, decimals) <= dearDay)
}
