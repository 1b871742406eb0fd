import { canonicalJson, sha256 } from '../src/rules/canonical.ts'
import { taxOn } from '../src/rules/invoicing.ts'
import { sum } from '../src/rules/money.ts'
import type { InvoiceDocument } from '../src/invoice/document.ts'
import type { World } from '../src/testing.ts'

/** What must hold at every moment, recomputed from the facts in another way than the engine does it. One sentence per mistake. */
export async function mistakesOf(world: World): Promise<string[]> {
  return world.db.asOwner(async (tx) => {
    const named = async (what: string, sql: string) => (await tx.query(sql)).map((row) => `${what}: ${JSON.stringify(row)}`)
    const documents = await tx.query<{ document: InvoiceDocument; sha256: string; payable: number }>('select document, sha256, payable from invoices order by number')
    return [
      ...await named('more than one open stretch', 'select customer_id from stretches where ends_on is null group by 1 having count(*) > 1'),
      ...await named('a gap or an overlap', `select * from (select customer_id, ends_on, lead(starts_on) over (partition by customer_id, subscription_id order by sequence) as next from stretches) s where next is distinct from ends_on and next is not null`),
      ...await named('a subscription that starts before the one before it has ended', `select * from (select customer_id, ends_on, lead(starts_on) over (partition by customer_id order by sequence) as next from stretches) s where next < coalesce(ends_on, 'infinity')`),
      ...await named('a day that differs from its events', `select * from (select customer_id, meter, local_date, sum(quantity) as quantity, count(*) as events from usage_events group by 1, 2, 3) e
        full join usage_daily d using (customer_id, meter, local_date) where e.quantity is distinct from d.quantity or e.events is distinct from d.events`),
      ...await named('a negative balance', 'select customer_id, currency, sum(amount)::bigint from credit_movements group by 1, 2 having sum(amount) < 0'),
      ...await named('credit that differs from the documents', `select i.customer_id, i.number, coalesce(m.amount, 0) as moved from invoices i
        left join (select customer_id, invoice_id, sum(amount) as amount from credit_movements where reason <> 'overpaid' group by 1, 2) m on (m.customer_id, m.invoice_id) = (i.customer_id, i.id)
        where coalesce(m.amount, 0) <> case when i.voided_at is not null then 0 else greatest(0, -i.total) - (i.document->>'creditApplied')::bigint end`),
      ...await named('credit that differs from the payments', `select i.number from invoices i
        left join (select customer_id, invoice_id, sum(amount) as amount from payments group by 1, 2) p on (p.customer_id, p.invoice_id) = (i.customer_id, i.id)
        left join (select customer_id, invoice_id, sum(amount) as amount from credit_movements where reason = 'overpaid' group by 1, 2) m on (m.customer_id, m.invoice_id) = (i.customer_id, i.id)
        where coalesce(m.amount, 0) <> greatest(0, coalesce(p.amount, 0) - i.payable)`),
      ...await named('a gap in the numbers', `select left(number, 10) as month, count(*), max(right(number, 6)::int) from invoices group by 1 having count(*) <> max(right(number, 6)::int)`),
      ...documents.flatMap((row) => mistakesIn(row.document, row.sha256, row.payable)),
    ]
  })
}

function mistakesIn(document: InvoiceDocument, hash: string, payable: number): string[] {
  const { number, lines, taxes, subtotal, taxTotal, total, creditApplied } = document
  const mistakes: string[] = []
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) mistakes.push(`${number}: ${what} is ${String(actual)}, not ${String(expected)}`)
  }
  expect('the hash', hash, sha256(canonicalJson(document)))
  expect('the subtotal', subtotal, sum(lines.map((line) => line.amount)))
  for (const tax of taxes) {
    expect(`the base at ${tax.rate} %`, tax.base, sum(lines.filter((line) => line.taxRate === tax.rate && line.taxMode === tax.mode).map((line) => line.amount)))
    expect(`the tax at ${tax.rate} %`, tax.amount, taxOn(tax.base, tax.rate, tax.mode))
  }
  expect('the sum of the taxes', taxTotal, sum(taxes.map((tax) => tax.amount)))
  expect('the total', total, subtotal + sum(taxes.filter((tax) => tax.mode === 'exclusive').map((tax) => tax.amount)))
  expect('what is to be paid', payable, Math.max(0, total - creditApplied))
  for (const line of lines) if (line.explain.length > 0) expect(`the explanation of ${line.id}`, sum(line.explain.map((tier) => tier.amount)), line.amount)
  return mistakes
}
