import { sql, type Sql } from '@customer-portal/database'
import type { BillingTransaction } from '../engine.ts'
import { leftToPay, mayBeOpen } from '../invoicing/state.ts'

/** Checks of one customer's rows that SQL can do alone: each returns the rows that break a rule. */
const customerChecks = (customerId: Sql): readonly { what: string; rows: Sql }[] => [
  {
    what: 'more than one open phase',
    rows: sql`select customer_id
      from phases
      where customer_id = ${customerId} and ends_on is null
      group by 1
      having count(*) > 1`,
  },
  {
    what: 'a gap or an overlap between the phases of a subscription',
    rows: sql`select *
      from (
        select id, ends_on,
          lead(starts_on) over (partition by subscription_id order by sequence) as next_starts_on
        from phases
        where customer_id = ${customerId}
      ) s
      where next_starts_on is distinct from ends_on and next_starts_on is not null`,
  },
  {
    what: 'a phase that starts before the one before it has ended',
    rows: sql`select *
      from (
        select id, ends_on, lead(starts_on) over (order by sequence) as next_starts_on
        from phases
        where customer_id = ${customerId}
      ) s
      where next_starts_on < coalesce(ends_on, 'infinity')`,
  },
  {
    // Days that an ending credited must not be billed, neither before nor by a replacement. Discounts and
    // credit notes may leave nothing to credit.
    what: 'a fee for days after the end of a subscription whose unused days were given back',
    rows: sql`with ended as (
        select *
        from (
          select distinct on (subscription_id) subscription_id, ends_on, credited
          from phases
          where customer_id = ${customerId}
          order by subscription_id, sequence desc
        ) s
        where credited
          and not exists (
            select 1
            from invoices
            where customer_id = ${customerId}
              and voided_at is not null
              and billed_again_at is null
              and kind in ('start', 'renewal', 'change')
          )
      ),
      lines as (
        select i.id, i.number, s.id as phase_id, line->>'kind' as kind, line ? 'discounts' as lowered,
          (line->>'amount')::numeric as amount, (line->'period'->>'start')::date as starts_on,
          (line->'period'->>'end')::date as ends_on, e.ends_on as ended_on
        from ended e
        join phases s on s.customer_id = ${customerId} and s.subscription_id = e.subscription_id
        join invoices i on i.customer_id = ${customerId} and i.voided_at is null
        cross join lateral jsonb_array_elements(i.document->'lines') line
        where line->>'phaseId' = s.id
          and line->>'kind' in ('fee', 'unused_time')
          and (line->'period'->>'end')::date > e.ends_on
      )
      select *
      from (
        select f.number, f.amount::text as amount, f.ended_on::text as "endedOn",
          f.amount / (f.ends_on - f.starts_on) * (
            f.ends_on - greatest(f.starts_on, f.ended_on) - coalesce(
              (
                select sum(least(c.ends_on, f.ends_on) - greatest(c.starts_on, f.starts_on, f.ended_on))
                from lines c
                where c.kind = 'unused_time'
                  and c.phase_id = f.phase_id
                  and c.starts_on < f.ends_on
                  and c.ends_on > greatest(f.starts_on, f.ended_on)
              ),
              0
            )
          ) as kept
        from lines f
        where f.kind = 'fee'
          and not f.lowered
          and not exists (
            select 1 from invoices n where n.customer_id = ${customerId} and n.credits_id = f.id
          )
      ) k
      where kept >= 2`,
  },
  {
    what: 'a balance below zero',
    rows: sql`select *
      from (
        select m.id, m.currency, m.held_for,
          (sum(m.amount) over (partition by m.currency, m.held_for order by m.sequence))::text as balance
        from balance_transactions m
        where m.customer_id = ${customerId}
      ) b
      where balance::numeric < 0`,
  },
  {
    // What a document added to and took from the balance, with later changes; a void document leaves nothing.
    what: 'a balance that differs from the invoice',
    rows: sql`select i.number, coalesce(m.amount, 0)::text as moved
      from invoices i
      left join (
        select invoice_id, sum(amount) as amount
        from balance_transactions
        where customer_id = ${customerId}
          and (
            reason in ('negative_total', 'applied', 'credit_note', 'void')
              or (
                reason in ('applied_to_invoice', 'application_undone')
                  and invoice_id in (
                    select id from invoices where customer_id = ${customerId} and voided_at is not null
                  )
              )
          )
        group by 1
      ) m
        on m.invoice_id = i.id
      where i.customer_id = ${customerId}
        and coalesce(m.amount, 0) <> case
        when i.voided_at is not null then 0
        else greatest(0, -i.total) - coalesce(i.applied_to_invoice, 0) - (i.document->>'creditApplied')::bigint
        end`,
  },
  {
    // A payment pays its invoice, and the rest becomes balance; a reversed one leaves nothing.
    what: 'a balance that differs from the payments',
    rows: sql`select i.number, coalesce(m.amount, 0)::text as moved
      from payments p
      join invoices i on (i.customer_id, i.id) = (p.customer_id, p.invoice_id)
      left join (
        select cause_id, sum(amount) as amount
        from balance_transactions
        where customer_id = ${customerId} and reason in ('overpaid', 'payment_reversed')
        group by 1
      ) m
        on m.cause_id = p.id
      where p.customer_id = ${customerId}
        and coalesce(m.amount, 0) <> case
        when p.reversed_at is null then p.amount - p.applied
        else 0 end`,
  },
  {
    what: 'an invoice of which more was settled than is to be paid, or a payment that stands on a void one',
    rows: sql`select i.number, (${leftToPay})::text as "left"
      from invoices i
      where i.customer_id = ${customerId}
        and (
          ${leftToPay} < 0
            and i.voided_at is null
            or i.voided_at is not null
            and exists (
              select 1
              from payments p
              where (p.customer_id, p.invoice_id) = (i.customer_id, i.id) and p.reversed_at is null
            )
        )`,
  },
  {
    what: 'an open invoice beside a balance that could pay it',
    rows: sql`select i.number, (${leftToPay})::text as "left", b.balance::text
      from invoices i
      join (
        select currency, sum(amount) as balance
        from balance_transactions
        where customer_id = ${customerId} and held_for is null
        group by 1
        having sum(amount) > 0
      ) b
        on b.currency = i.currency
      where i.customer_id = ${customerId} and ${mayBeOpen} and ${leftToPay} > 0`,
  },
  {
    what: 'an application that was undone for more than it was',
    rows: sql`select a.id, sum(u.amount)::text as undone
      from balance_transactions u
      left join balance_transactions a
        on (a.customer_id, a.id, a.invoice_id) = (u.customer_id, u.cause_id, u.invoice_id)
      where u.customer_id = ${customerId} and u.reason = 'application_undone'
      group by a.id, a.amount, a.reason
      having a.id is null or sum(u.amount) > -a.amount or a.reason not in ('applied', 'applied_to_invoice')`,
  },
  {
    // Billed amounts plus balance and refunds equal payments plus amounts due: money neither appears nor
    // disappears.
    what: 'money that does not add up',
    rows: sql`select *
      from (
        select currency, sum(billed) + sum(balance) + sum(refunded) as "accountedFor",
          sum(paid) + sum(adjusted) + sum(due) + sum(charged) as "cameIn"
        from (
          select currency, total as billed, 0 as balance, 0 as refunded, 0 as paid, 0 as adjusted, case
            when kind = 'credit_note' then 0
            else greatest(0, ${leftToPay}) end as due, 0 as charged
          from invoices i
          where i.customer_id = ${customerId} and i.voided_at is null
          union all
          select currency, 0, amount, 0, 0, 0, 0, case when reason = 'charged' then amount else 0 end
          from balance_transactions
          where customer_id = ${customerId}
          union all
          select currency, 0, 0, amount, 0, 0, 0, 0
          from refunds
          where customer_id = ${customerId}
          union all
          select i.currency, 0, 0, 0, p.amount, 0, 0, 0
          from payments p
          join invoices i on (i.customer_id, i.id) = (p.customer_id, p.invoice_id)
          where p.customer_id = ${customerId} and p.reversed_at is null
          union all
          select currency, 0, 0, 0, 0, amount, 0, 0
          from balance_adjustments
          where customer_id = ${customerId}
        ) m
        group by currency
      ) s
      where "accountedFor" <> "cameIn"`,
  },
  {
    what: 'a refund or an adjustment that differs from its movement',
    rows: sql`select c.id, m.amount::text as moved
      from (
        select id, -amount as amount, 'refund' as reason
        from refunds
        where customer_id = ${customerId}
        union all
        select id, amount, 'adjustment'
        from balance_adjustments
        where customer_id = ${customerId}
      ) c
      full join (
        select cause_id, reason, sum(amount) as amount
        from balance_transactions
        where customer_id = ${customerId} and reason in ('refund', 'adjustment')
        group by 1, 2
      ) m
        on (m.cause_id, m.reason) = (c.id, c.reason)
      where c.amount is distinct from m.amount`,
  },
  {
    what: 'a charge for what was paid out that differs from what it put on the balance',
    rows: sql`select i.number, m.amount::text as moved
      from (
        select invoice_id, sum(amount) as amount
        from balance_transactions
        where customer_id = ${customerId} and reason = 'charged'
        group by 1
      ) m
      left join invoices i on i.customer_id = ${customerId} and i.id = m.invoice_id and i.kind = 'charge'
      where i.total is distinct from m.amount`,
  },
  {
    // Each charge is on exactly one document that is not void, or waits, or is withdrawn.
    what: 'a one-off charge that is not on its invoice as it was made, or on one although it is not billed',
    rows: sql`select c.id, l.number, c.invoice_id, l.amount::text as billed
      from (
        select id, invoice_id, quantity, quantity * unit_amount as amount, currency, withdrawn_at
        from charges
        where customer_id = ${customerId}
      ) c
      full join (
        select i.id as invoice_id, i.number, i.currency, line->>'chargeId' as id,
          (line->>'quantity')::bigint as quantity, (line->>'amount')::bigint as amount
        from invoices i
        cross join lateral jsonb_array_elements(i.document->'lines') line
        where i.customer_id = ${customerId} and i.voided_at is null and line ? 'chargeId'
      ) l
        on l.id = c.id
      where c.id is null
        or case
          when c.withdrawn_at is not null or c.invoice_id is null then l.id is not null
          else (c.invoice_id, c.quantity, c.amount, c.currency)
            is distinct from (l.invoice_id, l.quantity, l.amount, l.currency)
        end`,
  },
  {
    what: 'a charge that is on more than one invoice',
    rows: sql`select line->>'chargeId' as id, count(*) as lines
      from invoices i
      cross join lateral jsonb_array_elements(i.document->'lines') line
      where i.customer_id = ${customerId} and i.voided_at is null and line ? 'chargeId'
      group by 1
      having count(*) > 1`,
  },
  {
    what: 'a credit note that differs from its document, or credits what is void',
    rows: sql`select n.number, n.applied_to_invoice::text as applied
      from invoices n
      join invoices i on (i.customer_id, i.id) = (n.customer_id, n.credits_id)
      where n.customer_id = ${customerId}
        and (
          n.applied_to_invoice is distinct from (n.document->'creditNote'->>'amountCredited')::bigint
            or n.credits_id is distinct from n.document->'creditNote'->>'invoiceId'
            or n.voided_at is not null
            or i.voided_at is not null
            or n.currency <> i.currency
            or i.kind = 'credit_note'
        )`,
  },
  {
    what: 'a discount of a coupon that was not redeemed, or not redeemed in order',
    rows: sql`select d.id as discount, null::text as code
      from discounts d
      where d.customer_id = ${customerId}
        and d.coupon_code is not null
        and not exists (
          select 1
          from coupon_redemptions r
          where (r.customer_id, r.code, r.discount_id) = (d.customer_id, d.coupon_code, d.id)
        )
      union all
      select null, code
      from coupon_redemptions
      where customer_id = ${customerId}
      group by code
      having count(*) <> max(ordinal)`,
  },
  {
    what: 'a movement of the balance of no invoice',
    rows: sql`select id, invoice_id
      from balance_transactions m
      where customer_id = ${customerId}
        and invoice_id is not null
        and not exists (select 1 from invoices i where (i.customer_id, i.id) = (m.customer_id, m.invoice_id))`,
  },
]

/** The counter of a coupon, which is its limit under concurrency, is the number of its redemptions. */
const couponsCheck = {
  what: 'a coupon whose redemptions differ from its counter',
  rows: sql`
    select c.code, c.redemptions, count(r.code)::int as counted
    from coupons c
    left join coupon_redemptions r on r.code = c.code
    group by c.code
    having c.redemptions <> count(r.code)`,
}

/** Numbers count from 1 in each series and month up to the counter. */
const numbersCheck = {
  what: 'a gap in the numbers',
  // A number has six digits, more beyond 999,999: it is what follows the last dash.
  rows: sql`
    select coalesce(n.series || '-' || n.month, i.month) as month, n.last as counter, i.count, i.first, i.last
    from invoice_numbers n
    full join (
      select month, count(*)::int as count, min(place) as first, max(place) as last
      from (
        select substring(number from '^(.*)-') as month, substring(number from '[0-9]+$')::bigint as place
        from invoices
      ) numbered
      group by month
    ) i
      on i.month = n.series || '-' || n.month
    where i.count is distinct from n.last or i.first is distinct from 1 or i.last is distinct from n.last`,
}

interface Broken {
  what: string
  row: string
}

/** Returns the rows of one customer that break a rule of phases, balance or payments. */
export async function ledgerMistakes(tx: BillingTransaction, customerId: string): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const { what, rows } of customerChecks(sql`${customerId}`)) {
    for (const row of await tx.query(rows)) broken.push({ what, row: JSON.stringify(row) })
  }
  return broken
}

/** Returns what breaks a rule across customers: months of invoice numbers, and coupons, against their counters. */
export async function counterMistakes(tx: BillingTransaction): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const { what, rows } of [numbersCheck, couponsCheck])
    for (const row of await tx.query(rows)) broken.push({ what, row: JSON.stringify(row) })
  return broken
}
