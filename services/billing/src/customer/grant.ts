import { sql, type Sql } from '@customer-portal/database'
import type { LocalDate } from '../values/date.ts'

export type GrantCategory = 'paid' | 'promotional'
export type GrantSource = 'promotion' | 'pack' | 'adjustment'

/** A change of a grant: another last date, or its end by being voided. It holds from the date after `on`. */
export interface GrantChange {
  on: LocalDate
  expiresOn: LocalDate | null
  /** For a void: the steps drawn by then, which stay drawn. Null: not a void. */
  keeps: number | null
}

/** What drawing needs to know of a grant of units. `quantity` is in steps. */
export interface GrantTerms {
  id: string
  meter: string
  quantity: number
  priority: number
  category: GrantCategory
  effectiveOn: LocalDate
  /** The last date, as it was given; null: none. */
  expiresOn: LocalDate | null
  sequence: number
  /** Oldest first. */
  changes: GrantChange[]
}

/**
 * Late events reach 35 days back and a usage period is a month: an earlier date is never counted again. Days.
 */
const matterAfterEnd = 110

/** SQL: the grants of a row of `customers` that can still cover usage, as JSON. */
export const grantsOf = (customer: Sql) => sql`(
  select coalesce(json_agg(g order by g.sequence), '[]')
  from (
    select n.id, n.meter, n.quantity, n.priority, n.category, n.effective_on as "effectiveOn",
      n.expires_on as "expiresOn", n.sequence, ${changesOf(sql`n`)} as changes
    from grants n
    where n.customer_id = ${customer}.customer_id
      and not exists (
        select
        from grant_changes c
        where (c.customer_id, c.grant_id) = (n.customer_id, n.id)
          and c.keeps is not null
          and c.on_date < ${customer}.draws_settled_on - ${matterAfterEnd}::int
      )
      and coalesce(
        (
          select coalesce(c.expires_on, 'infinity')
          from grant_changes c
          where (c.customer_id, c.grant_id) = (n.customer_id, n.id) and c.keeps is null
          order by c.sequence desc
          limit 1
        ),
        n.expires_on,
        'infinity'
      ) >= coalesce(${customer}.draws_settled_on, '-infinity') - ${matterAfterEnd}::int
  ) g
)`

/** SQL: the changes of a row of `grants`, oldest first, as JSON. */
export const changesOf = (grant: Sql) => sql`(
  select coalesce(
    json_agg(
      json_build_object('on', c.on_date, 'expiresOn', c.expires_on, 'keeps', c.keeps)
      order by c.sequence
    ),
    '[]'
  )
  from grant_changes c
  where (c.customer_id, c.grant_id) = (${grant}.customer_id, ${grant}.id)
)`

/** Returns the last date of a grant as it was known on `date`; null: none. */
export function expiryOn(grant: GrantTerms, date: LocalDate): LocalDate | null {
  const change = grant.changes.findLast((one) => one.keeps === null && one.on < date)
  return change ? change.expiresOn : grant.expiresOn
}

/** Returns the last date of a grant as it is known now; null: none. */
export function lastDateOf(grant: GrantTerms): LocalDate | null {
  const change = grant.changes.findLast((one) => one.keeps === null)
  return change ? change.expiresOn : grant.expiresOn
}

/** Returns the void of a grant, or undefined. */
export const voidOfGrant = ({ changes }: GrantTerms) => changes.find(({ keeps }) => keeps !== null)

/** Returns whether a grant covers usage of a date. */
export function isValidOn(grant: GrantTerms, date: LocalDate): boolean {
  const expiry = expiryOn(grant, date)
  const voided = voidOfGrant(grant)
  return grant.effectiveOn <= date && (expiry === null || date <= expiry) && (!voided || date <= voided.on)
}

/** Returns whether a grant covers no later date than `date`. */
export function isOverAfter(grant: GrantTerms, date: LocalDate): boolean {
  const last = voidOfGrant(grant)?.on ?? lastDateOf(grant)
  return last !== null && last <= date
}

/** Returns the steps that can be drawn on a grant in all: of a voided one, those drawn by then. */
export const capacityOf = (grant: GrantTerms) => voidOfGrant(grant)?.keeps ?? grant.quantity

/**
 * Returns the grants of a meter that are valid on a date, in the order they are drawn: lower priority, earlier
 * last date (none last), promotional before paid, earlier first date, earlier creation.
 */
export function drawnOn(grants: readonly GrantTerms[], meter: string, date: LocalDate): GrantTerms[] {
  const never = '9999-12-31'
  const key = (grant: GrantTerms) => [
    grant.priority,
    expiryOn(grant, date) ?? never,
    grant.category === 'promotional' ? 0 : 1,
    grant.effectiveOn,
    grant.sequence,
  ]
  return grants
    .filter((grant) => grant.meter === meter && isValidOn(grant, date))
    .map((grant) => ({ grant, key: key(grant) }))
    .sort((a, b) => {
      const place = a.key.findIndex((part, index) => part !== b.key[index])
      return place < 0 ? 0 : a.key[place]! < b.key[place]! ? -1 : 1
    })
    .map(({ grant }) => grant)
}
