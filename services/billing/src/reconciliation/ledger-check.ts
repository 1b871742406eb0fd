import type { BillingTransaction } from '../billing.ts'

/** Checks of one customer's rows ($1) that SQL can do by itself: each finds the rows that break a rule. */
const customerChecks: readonly { what: string; sql: string }[] = [
  { what: 'more than one open stretch', sql: 'select customer_id from stretches where customer_id = $1 and ends_on is null group by 1 having count(*) > 1' },
  {
    what: 'a gap or an overlap between the stretches of a subscription',
    sql: `select * from (select id, ends_on, lead(starts_on) over (partition by subscription_id order by sequence) as next_starts_on from stretches where customer_id = $1) s
      where next_starts_on is distinct from ends_on and next_starts_on is not null`,
  },
  {
    what: 'a stretch that starts before the one before it has ended',
    sql: `select * from (select id, ends_on, lead(starts_on) over (order by sequence) as next_starts_on from stretches where customer_id = $1) s
      where next_starts_on < coalesce(ends_on, 'infinity')`,
  },
  { what: 'a negative account credit', sql: 'select currency, sum(amount)::text as credit from credit_movements where customer_id = $1 group by 1 having sum(amount) < 0' },
  {
    what: 'account credit that differs from the invoice',
    sql: `select i.number, coalesce(m.amount, 0)::text as moved from invoices i
      left join (select invoice_id, sum(amount) as amount from credit_movements where customer_id = $1 and reason <> 'overpaid' group by 1) m on m.invoice_id = i.id
      where i.customer_id = $1 and coalesce(m.amount, 0) <> case when i.voided_at is not null then 0 else greatest(0, -i.total) - coalesce(i.lowered, 0) - (i.document->>'creditApplied')::bigint end`,
  },
  {
    what: 'account credit that differs from the payments',
    sql: `select i.number, coalesce(m.amount, 0)::text as moved from invoices i
      left join (select invoice_id, sum(amount) as amount from payments where customer_id = $1 group by 1) p on p.invoice_id = i.id
      left join (select invoice_id, sum(amount) as amount from credit_movements where customer_id = $1 and reason = 'overpaid' group by 1) m on m.invoice_id = i.id
      left join (select credits_id, sum(lowered) as lowered from invoices where customer_id = $1 group by 1) n on n.credits_id = i.id
      where i.customer_id = $1 and coalesce(m.amount, 0) <> greatest(0, coalesce(p.amount, 0) + coalesce(n.lowered, 0) - i.payable)`,
  },
  {
    what: 'a credit note that differs from its document, or credits what is void',
    sql: `select n.number, n.lowered::text as lowered from invoices n join invoices i on (i.customer_id, i.id) = (n.customer_id, n.credits_id)
      where n.customer_id = $1 and (n.lowered is distinct from (n.document->'creditNote'->>'amountCredited')::bigint or n.credits_id is distinct from n.document->'creditNote'->>'invoiceId'
        or n.voided_at is not null or i.voided_at is not null or n.currency <> i.currency or i.kind = 'credit_note')`,
  },
  {
    what: 'account credit of no invoice',
    sql: 'select id, invoice_id from credit_movements m where customer_id = $1 and not exists (select 1 from invoices i where (i.customer_id, i.id) = (m.customer_id, m.invoice_id))',
  },
]

/** Numbers count from 1 in each series and month, and end where the counter stands. */
const numbersCheck = {
  what: 'a gap in the numbers',
  // A number has six digits, or more beyond 999,999: it is what stands behind the last dash.
  sql: `
    select coalesce(n.series || '-' || n.month, i.month) as month, n.last as counter, i.count, i.first, i.last
    from invoice_numbers n
    full join (
      select month, count(*)::int as count, min(place) as first, max(place) as last
      from (select substring(number from '^(.*)-') as month, substring(number from '[0-9]+$')::bigint as place from invoices) numbered
      group by month
    ) i on i.month = n.series || '-' || n.month
    where i.count is distinct from n.last or i.first is distinct from 1 or i.last is distinct from n.last`,
}

interface Broken {
  what: string
  row: string
}

/** The rows of one customer that break a rule of the ledger: stretches, account credit, payments. */
export async function ledgerMistakes(tx: BillingTransaction, customerId: string): Promise<Broken[]> {
  const broken: Broken[] = []
  for (const { what, sql } of customerChecks) {
    for (const row of await tx.query(sql, [customerId])) broken.push({ what, row: JSON.stringify(row) })
  }
  return broken
}

/** The months whose invoice numbers have a gap, or do not end where their counter stands. */
export async function numberMistakes(tx: BillingTransaction): Promise<Broken[]> {
  return (await tx.query(numbersCheck.sql)).map((row) => ({ what: numbersCheck.what, row: JSON.stringify(row) }))
}
