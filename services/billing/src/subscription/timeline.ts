import { BillingError } from '../errors.ts'
import { addDays, addMonths, earlier, isDate, later, type DateRange, type LocalDate } from '../values/date.ts'
import {
  labelled,
  periodAt,
  periodsUntil,
  type Cycle,
  type LabelledPeriod,
  type Period,
} from '../values/period.ts'
import { monthsOf } from '../catalogue/plan.ts'
import type { Phase } from './phase.ts'

/**
 * Returns the usage periods of a subscription that have started by `today`, oldest first. They are months,
 * also on a yearly plan.
 */
export function usagePeriods(phases: readonly Phase[], today: LocalDate): LabelledPeriod[] {
  const until = addDays(today, 1)
  return labelled(
    cyclesOf(phases).flatMap(({ cycle, to }) => {
      const periods = periodsUntil(cycle, to === null ? until : earlier(to, until))
      return periods.map((period) => (to !== null && period.to > to ? { ...period, to } : period))
    }),
  )
}

/**
 * Groups phases by anchor: those that share one share a grid. `to`: where the grid ends, null while it
 * continues.
 */
function cyclesOf(phases: readonly Phase[]): { cycle: Cycle; to: LocalDate | null }[] {
  const cycles: { cycle: Cycle; to: LocalDate | null }[] = []
  for (const { anchor, alignment, to: ended, trialEnds } of phases) {
    // A trial ends with its last day, whether that is written yet or not.
    const to = ended ?? trialEnds
    const last = cycles.at(-1)
    // Where a phase without days started on that date, the grid is that of the next phase.
    if (last && last.cycle.anchor === anchor && last.to !== anchor) last.to = to
    else cycles.push({ cycle: { anchor, alignment, months: 1 }, to })
  }
  return cycles
}

/** Returns the billing period of a phase's plan that contains `date`. In a trial that is the whole trial. */
export function billingPeriodAt(
  phase: Pick<Phase, 'anchor' | 'alignment' | 'plan' | 'trialEnds'>,
  date: LocalDate,
): Period {
  if (phase.trialEnds !== null) {
    const trial = { from: phase.anchor, to: phase.trialEnds }
    return { ...trial, whole: trial }
  }
  return periodAt({ anchor: phase.anchor, alignment: phase.alignment, months: monthsOf(phase.plan) }, date)
}

/**
 * Returns the first dates within a range of the billing or usage periods that are paid for, in order: a trial
 * is none.
 */
export function periodStarts(
  phases: readonly Phase[],
  kind: 'billing' | 'usage',
  range: DateRange,
): LocalDate[] {
  const starts = phases.flatMap(({ anchor, alignment, plan, from, to, trialEnds }) => {
    if (trialEnds !== null) return []
    const cycle = { anchor, alignment, months: kind === 'usage' ? 1 : monthsOf(plan) }
    const until = to === null ? range.to : earlier(to, range.to)
    const since = later(from, range.from)
    return periodsUntil(cycle, until).flatMap((period) => (period.from >= since ? period.from : []))
  })
  return [...new Set(starts)].sort()
}

/**
 * Returns the usage period with a label, or the current one. Outside a subscription periods are calendar
 * months. Throws period_not_found.
 */
export function periodNamed(
  history: { phases: readonly Phase[]; today: LocalDate },
  label: string | undefined,
): LabelledPeriod {
  const periods = usagePeriods(history.phases, history.today)
  const date = label === undefined ? history.today : label.length === 7 ? `${label}-01` : label
  const found =
    label === undefined
      ? (periods.find((period) => period.from <= date && date < period.to) ?? calendarMonth(periods, date))
      : (periods.find((period) => period.label === label)
        ?? (isDate(date) ? calendarMonth(periods, date) : undefined))
  if (!found || found.from > history.today || (label !== undefined && found.label !== label)) {
    throw new BillingError('period_not_found', {
      pointer: '?period',
      period: label,
      message:
        `there is no period '${label}' (a period is named by the month it starts in, YYYY-MM, `
        + 'and must have begun)',
    })
  }
  return found
}

/**
 * Returns the part of a calendar month outside the subscription's periods, which take the month's label
 * first.
 */
function calendarMonth(periods: readonly LabelledPeriod[], date: LocalDate): LabelledPeriod | undefined {
  const monthStart = `${date.slice(0, 7)}-01`
  const whole: DateRange = { from: monthStart, to: addMonths(monthStart, 1) }
  const before = periods.filter((period) => period.from <= date).at(-1)
  const after = periods.find((period) => period.from > date)
  const from = before ? later(whole.from, before.to) : whole.from
  const to = after ? earlier(whole.to, after.from) : whole.to
  if (from >= to) return undefined
  const taken = periods.some((period) => period.label === monthStart.slice(0, 7))
  return { from, to, whole, label: taken ? from : monthStart.slice(0, 7) }
}
