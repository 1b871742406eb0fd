import { readBillingState } from '../src/subscription/state.ts'
import { scheduleNext } from '../src/billing-run/run.ts'
import { findMistakes } from '../src/index.ts'
import type { World } from '../src/testing.ts'
import { lockCustomer } from '../src/customer/customer.ts'

/**
 * Checks what must always hold, recomputed from the rows in another way than the engine writes them. Returns
 * one sentence per fault.
 */
export async function mistakesOf(world: World): Promise<string[]> {
  const mistakes: string[] = []
  for await (const { what, row } of findMistakes(world.engine)) mistakes.push(`${what}: ${row}`)
  return mistakes
}

/**
 * Returns customers who were credited more than was billed, in total or on one line: by changes, endings,
 * adjustments and credit notes that are not void, before tax. Balance and refunds are then covered by what
 * they paid or owe.
 */
export async function creditedTooMuch(world: World): Promise<string[]> {
  const rows = await world.db.asOwner((tx) =>
    tx.query(
      `with standing as (select * from invoices where voided_at is null),
        lines as (
          select i.customer_id, i.id, i.number, i.credits_id, line->>'id' as line_id,
            (line->>'amount')::bigint - coalesce((line->>'discount')::bigint, 0) as net, line
          from standing i
          cross join lateral jsonb_array_elements(i.document->'lines') line
        ),
        given as (
          select customer_id, back->>'invoiceId' as id, back->>'lineId' as line_id,
            (back->>'amount')::bigint as amount
          from lines
          cross join lateral jsonb_array_elements(line->'givesBack') back
          union all
          select customer_id, credits_id, line->'credited'->>'lineId', -net
          from lines
          where credits_id is not null
        )
        select customer_id, null as number, null as line_id, sum(net)::text as net, '0' as given
        from lines
        group by 1
        having sum(net) < 0
        union all
        select l.customer_id, l.number, l.line_id, l.net::text, sum(g.amount)::text
        from lines l
        join given g using (customer_id, id, line_id)
        group by l.customer_id, l.number, l.line_id, l.net
        having sum(g.amount) > greatest(l.net, 0)`,
    ),
  )
  return rows.map((row) => `more was given back than was billed: ${JSON.stringify(row)}`)
}

/**
 * Returns customers whose due work is scheduled later than it is due. (Too early is harmless: the run finds
 * nothing to do.)
 */
export async function scheduledTooLate(world: World, customerIds?: readonly string[]): Promise<string[]> {
  const late: string[] = []
  for (const customerId of customerIds ?? (await allCustomers(world))) {
    await world.engine
      .transaction((tx) =>
        tx.savepoint(async () => {
          const { dueAt } = await lockCustomer(tx, customerId)
          await scheduleNext(tx, await readBillingState(tx, customerId))
          const now = (await lockCustomer(tx, customerId)).dueAt
          if (now !== null && (dueAt === null || dueAt > now))
            late.push(`${customerId}: remembered for ${dueAt}, due at ${now}`)
          throw new TakenBack()
        }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof TakenBack)) throw error
      })
  }
  return late
}

class TakenBack extends Error {}

async function allCustomers(world: World): Promise<string[]> {
  return (
    await world.db.asOwner((tx) =>
      tx.query<{ id: string }>('select customer_id as id from customers order by 1'),
    )
  ).map((row) => row.id)
}
