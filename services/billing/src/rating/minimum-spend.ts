import { feeOf } from '../catalogue/fee.ts'
import type { Plan } from '../catalogue/plan.ts'
import { prorate } from '../pricing/proration.ts'
import type { Phase } from '../subscription/phase.ts'
import { billingPeriodAt } from '../subscription/timeline.ts'
import { earlier, intersection, type DateRange } from '../values/date.ts'
import { money, sum, type Money } from '../values/money.ts'
import type { Period } from '../values/period.ts'
import { usagePhases, type RatedUsage } from './rated-usage.ts'

/** What the plans of a usage period ask a customer to spend in it, and what fee and usage came to. */
export interface MinimumSpend {
  /** The first phase with a minimum spend, and the last one's plan. */
  phaseId: string
  plan: Plan
  dates: DateRange
  minimum: Money
  spent: Money
}

/** Returns what is due above fee and usage so that they come to the minimum spend. */
export const dueToMinimum = ({ minimum, spent }: Pick<MinimumSpend, 'minimum' | 'spent'>): Money =>
  money(Math.max(0, minimum - spent))

interface Span extends DateRange {
  phase: Phase
  fee: Money
}

/**
 * Returns the minimum spend of a usage period, one per tax rate and mode: the shares of its phases by their
 * days in the month, against the fee of those days and the usage on them, before discounts. Phases are taken
 * together, so a change of seats or plan never splits what was spent. A trial asks for none.
 */
export function minimumSpends(
  phases: readonly Phase[],
  period: Period,
  rated: readonly RatedUsage[],
): MinimumSpend[] {
  const groups = new Map<string, Span[]>()
  for (const span of spansOf(phases, period)) {
    const key = taxOf(span.phase.plan)
    groups.set(key, [...(groups.get(key) ?? []), span])
  }
  return [...groups].map(([tax, spans]) => {
    const usage = rated.filter(
      (line) =>
        taxOf(line.phase.plan) === tax && spans.some((span) => intersection(span, line.dates) !== undefined),
    )
    const last = spans.at(-1)!
    return {
      phaseId: spans[0]!.phase.id,
      plan: last.phase.plan,
      dates: { from: spans[0]!.from, to: last.to },
      minimum: sum(spans.map((span) => prorate(span.phase.plan.minimumSpend, span, period.whole))),
      spent: sum([...spans.map(({ fee }) => fee), ...usage.map((line) => line.rated.amount)]),
    }
  })
}

const taxOf = ({ taxRate, taxMode }: Plan) => `${taxRate} ${taxMode}`

/** Returns the paid phases of a period that have a minimum spend, with the fee that counts against it. */
function spansOf(phases: readonly Phase[], period: Period): Span[] {
  const within = { from: period.from, to: earlier(period.to, period.whole.to) }
  const counted = usagePhases(phases)
  const spans = phases.flatMap((phase, index) => {
    const dates = intersection({ from: phase.from, to: phase.to ?? within.to }, within)
    if (!dates || phase.trialEnds !== null) return []
    const { raised, countsOn } = counted[index]!
    // An upgrade with the whole allowance is paid from the first date of the usage period.
    const paysAll = raised && phase.plan.charges.some(({ onUpgrade }) => onUpgrade === 'full')
    const paid = {
      from: paysAll ? within.from : dates.from,
      to: countsOn && dates.to === phase.to ? period.whole.to : dates.to,
    }
    return [{ ...dates, phase, paysAll, paid }]
  })
  const replaced = spans.findLastIndex(({ paysAll }) => paysAll)
  return spans.flatMap(({ from, to, phase, paid }, index) =>
    phase.plan.minimumSpend === 0
      ? []
      : [
          {
            from,
            to,
            phase,
            fee:
              index < replaced
                ? 0
                : prorate(feeOf(phase.plan, phase.seats), paid, billingPeriodAt(phase, from).whole),
          },
        ],
  )
}
