import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../../engine.ts'
import type { LocalDate } from '../../values/date.ts'
import { addSeconds, parseInstant, type Instant } from '../../values/instant.ts'
import { maxLateDays } from '../totals/taken-times.ts'

/** A reserved part of an allowance. Quantities are steps. */
export interface Reservation {
  customerId: string
  id: string
  meter: string
  held: number
  localDate: LocalDate
  reservedAt: Instant
  expiresAt: Instant
  bodyHash: string
  closedAt: Instant | null
  /** The quantity reported at settlement; null while it is open and when it was released. */
  settled: number | null
  granted: number | null
  overage: number | null
  /** The properties given with the reservation. */
  properties: Record<string, unknown> | null
}

/** Maximum number of open reservations per customer and meter: their sum is read for each answer. */
export const maxOpenReservations = 10_000
/** Days in which a reservation can be settled, as for late usage. */
const retentionDays = maxLateDays
const maxDeleted = 100

/** What an id refers to: a recorded event, a reservation, or both where it was settled. */
export interface KnownId {
  event?: KnownEvent
  reservation?: Reservation
}

/** A recorded event by its id. Without `content` it belongs to another meter or was deleted. */
export interface KnownEvent {
  bodyHash: string
  quantity: number
  overage: number | null
  /** Whether it was voided. */
  voided: boolean
  content?: { time: Instant; properties: Record<string, unknown> }
}

export const idKey = (customerId: string, id: string) => `${customerId}\u0000${id}`

/** A row of `knownIdsQuery`. Instants are as JSON writes them. */
export interface KnownIdRow extends Reservation {
  eventHash: string | null
  eventQuantity: number
  eventOverage: number | null
  eventVoided: boolean
  eventTime: Instant | null
  eventProperties: Record<string, unknown> | null
  reserved: boolean
}

/**
 * SQL: looks up ids, each with a meter; free ids are omitted, and so are reservations that are too old at
 * that instant. The limits force a plan with one look-up per id: the plan is cached, and may be made while
 * the tables are nearly empty.
 */
export function knownIdsQuery(
  asked: readonly { customerId: string; id: string; meter: string }[],
  at: Instant,
): Sql {
  const since = sql`${knownSince(at)}::timestamptz`
  const ids = JSON.stringify(
    asked.map(({ customerId, id, meter }) => ({ customer_id: customerId, id, meter })),
  )
  return sql`
    select k.customer_id as "customerId", k.id,
      case
        when u.id is not null or r.id is null or r.reserved_at <= ${since} then encode(y.body_hash, 'hex')
      end as "eventHash",
      coalesce(u.quantity, 0) as "eventQuantity", u.overage as "eventOverage",
      exists (
        select from voided_events x where (x.customer_id, x.id) = (k.customer_id, k.id)
      ) as "eventVoided",
      u.time as "eventTime", u.properties as "eventProperties",
      r.id is not null and r.reserved_at > ${since} as reserved, r.meter, r.held, r.local_date as "localDate",
      r.reserved_at as "reservedAt", r.expires_at as "expiresAt", r.body_hash as "bodyHash",
      r.closed_at as "closedAt", r.settled, r.granted, r.overage, r.properties
    from jsonb_to_recordset(${ids}) as k(customer_id text, id text, meter text)
    left join lateral (select * from usage_keys where (customer_id, id) = (k.customer_id, k.id) limit 1) y
      on true
    left join lateral (
      select *
      from usage_events
      where (customer_id, meter, time, id) = (k.customer_id, k.meter, y.time, k.id)
      limit 1
    ) u
      on true
    left join lateral (select * from reservations where (customer_id, id) = (k.customer_id, k.id) limit 1) r
      on true
    where y.id is not null or r.id is not null`
}

/** Returns the instant from which reservations are known. */
export function knownSince(at: Instant): Instant {
  return addSeconds(at, -retentionDays * 86_400)
}

export function knownIdsFrom(rows: readonly KnownIdRow[]): Map<string, KnownId> {
  return new Map(
    rows.map(
      ({
        eventHash,
        eventQuantity,
        eventOverage,
        eventVoided,
        eventTime,
        eventProperties,
        reserved,
        ...row
      }) => [
        idKey(row.customerId, row.id),
        {
          ...(eventHash === null && !eventVoided
            ? {}
            : {
                event: {
                  bodyHash: eventHash ?? '',
                  quantity: eventQuantity,
                  overage: eventOverage,
                  voided: eventVoided,
                  ...(eventTime && eventProperties
                    ? { content: { time: instant(eventTime), properties: eventProperties } }
                    : {}),
                },
              }),
          ...(reserved
            ? {
                reservation: {
                  ...row,
                  reservedAt: instant(row.reservedAt),
                  expiresAt: instant(row.expiresAt),
                  closedAt: row.closedAt && instant(row.closedAt),
                },
              }
            : {}),
        },
      ],
    ),
  )
}

const instant = (text: string): Instant => parseInstant(text)!

/** Returns whether a reservation still reserves units. */
export function isOpen({ closedAt, expiresAt }: Reservation, at: Instant): boolean {
  return closedAt === null && expiresAt > at
}

/** Inserts or updates reservations. */
export async function storeReservations(
  tx: BillingTransaction,
  reservations: readonly Reservation[],
): Promise<void> {
  if (reservations.length === 0) return
  await tx.query(sql`
    insert into reservations (
      customer_id, id, meter, held, local_date, reserved_at, expires_at, body_hash, closed_at, settled,
      granted, overage, properties
    )
    select "customerId", id, meter, held, "localDate", "reservedAt", "expiresAt", "bodyHash", "closedAt",
      settled, granted, overage, properties
    from jsonb_to_recordset(${JSON.stringify(reservations)}) as r(
      "customerId" text, id text, meter text, held bigint, "localDate" date, "reservedAt" timestamptz,
      "expiresAt" timestamptz, "bodyHash" text, "closedAt" timestamptz, settled bigint, granted bigint,
      overage bigint, properties jsonb
    )
    on conflict (customer_id, id) do update
      set closed_at = excluded.closed_at, settled = excluded.settled, granted = excluded.granted,
        overage = excluded.overage`)
}

/** An id to claim for a reservation or event. */
export interface WantedId {
  customerId: string
  id: string
  bodyHash: string
  time: Instant
}

/**
 * Claims ids, in the given order, for new reservations and for events: free ones, and those of the
 * reservations that the events settle. Returns false where another transaction claimed one first.
 */
export async function takeIds(tx: BillingTransaction, wanted: readonly WantedId[]): Promise<boolean> {
  const ids = JSON.stringify(
    wanted.map(({ customerId, id, bodyHash, time }) => ({ customerId, id, bodyHash, time })),
  )
  const taken = await tx.query(sql`
    insert into usage_keys (customer_id, id, body_hash, time)
    select "customerId", id, decode("bodyHash", 'hex'), time
    from jsonb_to_recordset(${ids}) as w("customerId" text, id text, "bodyHash" text, time timestamptz)
    on conflict (customer_id, id) ${settlingOwn}
    returning id`)
  return taken.length === wanted.length
}

/**
 * A reservation claimed its id when it was made; its settling event has the same hash, which no other event
 * can have.
 */
export const settlingOwn = sql`do update set time = excluded.time where exists (
  select
  from reservations r
  where (r.customer_id, r.id) = (excluded.customer_id, excluded.id)
    and r.body_hash = encode(excluded.body_hash, 'hex')
)`

/** Deletes some of these customers' reservations that are too old to settle. The caller holds their locks. */
export async function deleteOldReservations(
  tx: BillingTransaction,
  customerIds: readonly string[],
): Promise<void> {
  await tx.query(sql`
    delete from reservations
    where (customer_id, id) in (
      select customer_id, id
      from reservations
      where customer_id = any(${customerIds}) and reserved_at <= ${knownSince(tx.at)}
      limit ${maxDeleted}
    )`)
}
