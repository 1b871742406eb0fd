import type { BillingTransaction } from '../../engine.ts'
import type { BillingState } from '../../subscription/state.ts'
import { addDays, later } from '../../values/date.ts'
import { takenOff, type Discount as Taking } from '../../pricing/discount.ts'
import { totals, type DiscountTotal, type Totals } from '../../pricing/totals.ts'
import { money, sum, type Money } from '../../values/money.ts'
import { prorate } from '../../pricing/proration.ts'
import { linesSince } from './billed.ts'
import { discountPeriod, takenBefore, type DiscountPeriod, type Remembered } from './discount-period.ts'
import { amountPerPeriod, type Discount } from '../../customer/discount.ts'
import { isHeld, type Held } from './coupon-period.ts'
import { phasesAhead } from '../../subscription/schedule.ts'
import type { Plan } from '../../catalogue/plan.ts'
import type { DiscountOnLine, LineDraft } from './line.ts'

/**
 * Prices a document: its lines with the customer's discounts, the totals, and the balance applied (all of it
 * by default). `plan` is that of lines whose phase is not made yet.
 */
export async function priced(
  tx: BillingTransaction,
  state: BillingState,
  lines: readonly LineDraft[],
  atMost = state.balance,
  plan?: Plan,
): Promise<{ lines: LineDraft[]; totals: Totals }> {
  const { customer, discounts } = state
  const discounted = discountedBy(
    discounts,
    lines,
    { phases: phasesAhead(state), ...(plan ? { plan } : {}) },
    await rememberedFor(tx, customer.customerId, discounts, lines),
  )
  return { lines: discounted.lines, totals: totals(discounted.lines, atMost, discounted.discounts) }
}

/** Returns what documents took of amounts per period, and gave back, in the periods these lines count to. */
async function rememberedFor(
  tx: BillingTransaction,
  customerId: string,
  discounts: readonly Discount[],
  lines: readonly LineDraft[],
): Promise<Remembered> {
  const starts = discounts.some((discount) => amountPerPeriod(discount) !== null)
    ? lines.flatMap((line) => line.billingPeriod ?? line.usagePeriod ?? [])
    : []
  const [first] = starts.sort()
  // A fee is billed by the document of the usage period before its own.
  return takenBefore(first === undefined ? [] : await linesSince(tx, customerId, addDays(first, -32)), lines)
}

const kinds: Record<Discount['appliesTo'], readonly LineDraft['kind'][]> = {
  all: ['fee', 'usage', 'adjustment'],
  fee: ['fee'],
  usage: ['usage', 'adjustment'],
}

/**
 * Applies discounts to lines, in the order they were created. A percentage reduces each line whose period
 * starts while it applies. A fixed amount applies once per billing period (`fee`) or usage period that starts
 * while it applies: all documents together take at most that amount, less what was given back; a fee for some
 * days of its billing period takes at most their share. A coupon holds in its periods, a percentage too.
 */
export function discountedBy(
  discounts: readonly Discount[],
  lines: readonly LineDraft[],
  held: Held = { phases: [] },
  remembered: Remembered = new Map(),
): { lines: LineDraft[]; discounts: DiscountTotal[] } {
  const takings = discounts.flatMap((discount) => takingsOf(discount, lines, held, remembered))
  const parts = takenOff(
    lines.map((line, index) => ({ id: String(index), amount: line.amount })),
    takings.map((taking) => taking.taking),
  )
  const amounts = (discount: Discount) =>
    sum(takings.flatMap((taking, at) => (taking.discount === discount ? parts[at]! : [])))
  return {
    lines: lines.map((line, index) => {
      // A line that gives money back carries its own discounts; those of an earlier pricing of the other
      // lines are dropped.
      if (line.amount <= 0) return line
      const { discount: _, discounts: __, ...whole } = line
      const taken = takings.flatMap((taking, at) =>
        parts[at]![index]! > 0 ? onLine(taking, line, parts[at]![index]!) : [],
      )
      return taken.length === 0
        ? whole
        : { ...whole, discount: sum(taken.map((discount) => discount.amount)), discounts: taken }
    }),
    discounts: discounts
      .map((discount) => ({ id: discount.id, name: discount.name, amount: amounts(discount) }))
      .filter((one) => one.amount > 0),
  }
}

/** What a discount may take in one document: its amount per period, or for a percentage without one its share. */
interface PartOfDiscount {
  discount: Discount
  taking: Taking
  period?: DiscountPeriod
}

function takingsOf(
  discount: Discount,
  lines: readonly LineDraft[],
  held: Held,
  remembered: Remembered,
): PartOfDiscount[] {
  const lowered = lines
    .map((line, index) => ({ line, id: String(index) }))
    .filter(({ line }) => kinds[discount.appliesTo].includes(line.kind) && isHeld(discount, line, held))
  const most = amountPerPeriod(discount)
  if (most === null)
    return [
      {
        discount,
        taking: {
          kind: 'percent',
          percent: String(discount.value),
          appliesTo: lowered.map(({ id }) => id),
        },
      },
    ]
  const periods = new Map<string, { period: DiscountPeriod; ids: string[]; atMost: Map<string, Money> }>()
  for (const { line, id } of lowered) {
    const period = discountPeriod(discount, line)
    const group: { period: DiscountPeriod; ids: string[]; atMost: Map<string, Money> } = periods.get(
      period.start,
    ) ?? { period, ids: [], atMost: new Map() }
    group.ids.push(id)
    if (line.whole) group.atMost.set(id, shareForDays(most, line))
    periods.set(period.start, group)
  }
  return [...periods.values()].map(({ period, ids, atMost }) => {
    const before = remembered.get(`${discount.id} ${period.start}`) ?? 0
    const left = Math.max(0, money(period.amount - before))
    const reached = { appliesTo: ids, atMost }
    return {
      discount,
      period,
      taking:
        typeof discount.value === 'number'
          ? { kind: 'fixed', amount: left, ...reached }
          : { kind: 'percent', percent: discount.value, most: left, ...reached },
    }
  })
}

/** Returns the share of an amount for the days of a fee line in its whole billing period. */
function shareForDays(amount: Money, { period, whole }: Pick<LineDraft, 'period' | 'whole'>): Money {
  return prorate(
    amount,
    { from: later(period.start, whole!.start), to: period.end },
    { from: whole!.start, to: whole!.end },
  )
}

function onLine({ discount, period }: PartOfDiscount, line: LineDraft, amount: Money): DiscountOnLine {
  const most = amountPerPeriod(discount)
  const isShare = line.whole && most !== null && shareForDays(most, line) === amount
  return {
    id: discount.id,
    amount,
    ...(period ? { period: period.start } : {}),
    ...(isShare ? { whole: most } : {}),
    ...(period && typeof discount.value === 'string' ? { percent: discount.value } : {}),
  }
}
