import { sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import { canonicalJson } from '../../values/canonical-json.ts'
import { firstOfMonth, type DateRange, type LocalDate } from '../../values/date.ts'

/**
 * Where an event counts in a break-down: under a value, without a value, or among the values that came when
 * the month had enough.
 */
export interface Group {
  property: string
  kind: 'value' | 'none' | 'rest'
  /** Empty unless `kind` is 'value'. */
  value: string
}

/** Maximum number of named values per property, customer and month. */
export const maxNamedValues = 100
/** Maximum length of a value; longer values with the same start are one. */
const maxValueCharacters = 100

/** What the groups of an event depend on. */
interface GroupedEvent {
  customerId: string
  meter: string
  localDate: LocalDate
  properties: Record<string, unknown>
  /** The properties its meter is broken down by. */
  groupBy?: readonly string[]
}

interface Named {
  customer_id: string
  meter: string
  property: string
  month: LocalDate
  value: string
}

/**
 * Returns the groups of events whose meters have break-downs. Values that are new in their month get a name
 * while there is room, never more than the maximum under any concurrency.
 */
export async function groupsOf<T extends GroupedEvent>(
  tx: BillingTransaction,
  events: readonly T[],
): Promise<Map<T, Group[]>> {
  const grouped = events.filter((event) => event.groupBy !== undefined)
  if (grouped.length === 0) return new Map()
  const namesToAdd = new Map<string, Named>()
  for (const event of grouped) for (const name of namesOf(event)) namesToAdd.set(keyOf(name), name)
  const known = await namesAmong(tx, [...namesToAdd.values()])
  const unknown = [...namesToAdd].filter(([key]) => !known.has(key)).map(([, name]) => name)
  for (const key of unknown.length === 0 ? [] : await nameWhereRoom(tx, unknown)) known.add(key)
  return new Map(
    grouped.map((event) => [
      event,
      event.groupBy!.map((property): Group => {
        const name = nameOf(event, property)
        if (!name) return { property, kind: 'none', value: '' }
        return known.has(keyOf(name))
          ? { property, kind: 'value', value: name.value }
          : { property, kind: 'rest', value: '' }
      }),
    ]),
  )
}

function namesOf(event: GroupedEvent): Named[] {
  return event.groupBy!.flatMap((property) => nameOf(event, property) ?? [])
}

function nameOf(event: GroupedEvent, property: string): Named | undefined {
  const value = Object.hasOwn(event.properties, property) ? event.properties[property] : undefined
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'string' ? value : canonicalJson(value)
  // Cuts whole characters: half a surrogate pair could not be stored.
  return {
    customer_id: event.customerId,
    meter: event.meter,
    property,
    month: firstOfMonth(event.localDate),
    value: text.length > maxValueCharacters ? [...text].slice(0, maxValueCharacters).join('') : text,
  }
}

const keyOf = ({ customer_id, meter, property, month, value }: Named) =>
  JSON.stringify([customer_id, meter, property, month, value])
const namesIn = (names: readonly Named[]) => sql`jsonb_to_recordset(${JSON.stringify(names)}) as w(
  customer_id text, meter text, property text, month date, value text
)`

async function namesAmong(tx: BillingTransaction, names: readonly Named[]): Promise<Set<string>> {
  const rows = await tx.query<Named>(sql`
    select w.*
    from ${namesIn(names)}
    cross join lateral (
      select
      from usage_group_values v
      where (v.customer_id, v.meter, v.property, v.month, v.value)
        = (w.customer_id, w.meter, w.property, w.month, w.value)
      limit 1
    ) v`)
  return new Set(rows.map(keyOf))
}

async function nameWhereRoom(tx: BillingTransaction, names: readonly Named[]): Promise<Set<string>> {
  // One transaction at a time per customer, so that no month has too many names; always in the same order.
  for (const customerId of [...new Set(names.map((name) => name.customer_id))].sort()) {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 7305810229))', [customerId])
  }
  await tx.query(sql`
    insert into usage_group_values (customer_id, meter, property, month, value)
    select customer_id, meter, property, month, value
    from (
      select w.*,
        row_number() over (
          partition by customer_id, meter, property, month order by value collate "C"
        ) as place
      from ${namesIn(names)}
      where not exists (
        select
        from usage_group_values v
        where (v.customer_id, v.meter, v.property, v.month, v.value)
          = (w.customer_id, w.meter, w.property, w.month, w.value)
      )
    ) w
    where place + (
      select count(*)
      from usage_group_values v
      where (v.customer_id, v.meter, v.property, v.month) = (w.customer_id, w.meter, w.property, w.month)
    ) <= ${maxNamedValues}
    order by 1, 2, 3, 4, 5
    on conflict do nothing`)
  return namesAmong(tx, names)
}

/** The usage of one group over some dates. `quantity` is steps. */
export interface GroupUsage extends Group {
  meter: string
  quantity: number
  events: number
}

const shownGroups = sql`(
    select customer_id, meter, property, local_date, kind, value, quantity, events
    from usage_groups
    union all
    select customer_id, meter, property, local_date, kind, value, quantity, events
    from historical_groups
  ) g`

/** Returns usage by the values of a property over a range of dates, including history. */
export async function groupUsage(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  property: string,
): Promise<GroupUsage[]> {
  return tx.query<GroupUsage>(
    sql`
      select meter, property, kind, value, sum(quantity)::bigint as quantity, sum(events)::bigint as events
      from ${shownGroups}
      where customer_id = ${customerId}
        and property = ${property}
        and local_date >= ${range.from}
        and local_date < ${range.to}
      group by 1, 2, 3, 4
      order by meter collate "C", kind, value collate "C"`,
  )
}

/** The usage of one group on one date. `quantity` is steps. */
export interface GroupDays extends GroupUsage {
  date: LocalDate
}

/** Returns usage by the values of a property and date, including history. */
export async function groupDays(
  tx: BillingTransaction,
  customerId: string,
  range: DateRange,
  property: string,
): Promise<GroupDays[]> {
  return tx.query<GroupDays>(
    sql`
      select meter, property, kind, value, local_date as date, sum(quantity)::bigint as quantity,
        sum(events)::bigint as events
      from ${shownGroups}
      where customer_id = ${customerId}
        and property = ${property}
        and local_date >= ${range.from}
        and local_date < ${range.to}
      group by 1, 2, 3, 4, 5
      order by meter collate "C", kind, value collate "C", local_date`,
  )
}
