import type { Phase } from '../../subscription/phase.ts'
import type { RatedUsage } from '../../rating/rated-usage.ts'
import { dueToMinimum, minimumSpends, type MinimumSpend } from '../../rating/minimum-spend.ts'
import { creditWithin } from '../../pricing/proration.ts'
import type { BreakdownStep } from '../../pricing/breakdown.ts'
import { money, sum } from '../../values/money.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { inChinese } from '../../values/localized-text.ts'
import { lessTakenOff, takenFrom, type BilledLine, type LineDraft } from './line.ts'

/**
 * Returns the lines that bring fee and usage of a usage period to its minimum spend: what is due as known now,
 * less what was billed for it. Late usage lowers it, so a line may be negative: it gives back at most what
 * credit notes left.
 */
export function minimumSpendLines(
  phases: readonly Phase[],
  period: LabelledPeriod,
  rated: readonly RatedUsage[],
  billed: readonly BilledLine[],
): LineDraft[] {
  return minimumSpends(phases, period, rated).flatMap((spend) => {
    const before = billed.filter(
      (line) =>
        line.kind === 'minimum_spend'
        && line.usagePeriod === period.from
        && line.taxRate === spend.plan.taxRate
        && line.taxMode === spend.plan.taxMode,
    )
    const line = minimumSpendLine(spend, period)
    const paid = money(sum(before.map((one) => one.rated ?? one.amount)))
    const difference = money(line.amount - paid)
    if (difference === 0) return []
    const amount =
      difference < 0
        ? money(-creditWithin(money(-difference), sum(before.map((one) => one.left)), 0))
        : difference
    return [
      {
        ...line,
        amount,
        breakdown: [
          ...line.breakdown,
          ...(paid === 0 ? [] : [step('billed_before', -paid)]),
          ...lessTakenOff(difference, amount).slice(1),
        ],
        ...(amount < 0 ? { givesBack: takenFrom(leftOf(before), money(-amount)) } : {}),
        ...(amount === difference ? {} : { rated: difference }),
      },
    ]
  })
}

/** Returns the line for a minimum spend before anything was billed for it; its amount may be 0. */
export function minimumSpendLine(
  spend: MinimumSpend,
  { from, label }: Pick<LabelledPeriod, 'from' | 'label'>,
): LineDraft {
  const { phaseId, plan, dates, minimum } = spend
  const due = dueToMinimum(spend)
  return {
    kind: 'minimum_spend',
    description: {
      'zh-CN': inChinese(plan.name, `最低消费补足（${label}）`),
      en: `${plan.name.en} minimum spend (${label})`,
    },
    quantity: 1,
    amount: due,
    taxRate: plan.taxRate,
    taxMode: plan.taxMode,
    period: { start: dates.from, end: dates.to },
    breakdown: [step('minimum_spend', minimum), step('spent', due - minimum)],
    phaseId,
    usagePeriod: from,
  }
}

function step(kind: 'minimum_spend' | 'spent' | 'billed_before', amount: number): BreakdownStep {
  return { kind, upTo: null, quantity: 0, rate: null, flat: 0, amount: money(amount) }
}

/** Returns lines with something left to give back, newest first. */
const leftOf = (lines: readonly BilledLine[]) =>
  lines
    .filter((line) => line.left > line.givenBack)
    .map((line) => ({
      invoiceId: line.invoiceId,
      lineId: line.id,
      amount: money(line.left - line.givenBack),
    }))
    .reverse()
