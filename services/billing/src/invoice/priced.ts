import type { BillingTransaction } from '../billing.ts'
import { creditBalance } from '../credit.ts'
import { takenOff } from '../rules/discount.ts'
import { totals, type DiscountTotal, type Totals } from '../rules/invoicing.ts'
import { sum } from '../rules/money.ts'
import { discountsOf, type Discount } from './discounts.ts'
import type { LineDraft } from './line.ts'

/** The lines of a document with what the customer's discounts take off them, and what the document comes to. */
export async function priced(tx: BillingTransaction, { customerId, currency }: { customerId: string; currency: string }, lines: readonly LineDraft[]): Promise<{ lines: LineDraft[]; totals: Totals }> {
  const discounted = discountedBy(await discountsOf(tx, customerId), lines)
  return { lines: discounted.lines, totals: totals(discounted.lines, await creditBalance(tx, customerId, currency), discounted.discounts) }
}

const kinds: Record<Discount['appliesTo'], readonly LineDraft['kind'][]> = { all: ['fee', 'usage', 'adjustment'], fee: ['fee'], usage: ['usage', 'adjustment'] }

/** Lines with what discounts take off them: each of those whose period starts while it holds, in the order they were given. */
export function discountedBy(discounts: readonly Discount[], lines: readonly LineDraft[]): { lines: LineDraft[]; discounts: DiscountTotal[] } {
  const parts = takenOff(lines.map((line, index) => ({ id: String(index), amount: line.amount })), discounts.map((discount) => {
    const appliesTo = lines.flatMap((line, index) => (lowers(discount, line) ? [String(index)] : []))
    return typeof discount.value === 'number' ? { kind: 'fixed', amount: discount.value, appliesTo } : { kind: 'percent', percent: discount.value, appliesTo }
  }))
  return {
    lines: lines.map(({ discount: _, ...line }, index) => {
      const discount = sum(parts.map((taken) => taken[index]!))
      return discount === 0 ? line : { ...line, discount }
    }),
    discounts: discounts.map(({ id, name }, index) => ({ id, name, amount: sum(parts[index]!) })).filter((one) => one.amount > 0),
  }
}

function lowers({ appliesTo, from, until }: Discount, line: LineDraft): boolean {
  return kinds[appliesTo].includes(line.kind) && from <= line.period.start && (until === null || line.period.start < until)
}
