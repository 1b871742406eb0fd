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
 * The usage periods of a subscription that have begun by `today`, oldest first: always months, also on a
 * yearly plan.
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

/** Phases that share an anchor lie on one grid. `to`: where the grid was left, null while it goes on. */
function cyclesOf(phases: readonly Phase[]): { cycle: Cycle; to: LocalDate | null }[] {
  const cycles: { cycle: Cycle; to: LocalDate | null }[] = []
  for (const { anchor, alignment, to: ended, trialEnds } of phases) {
    // A trial ends with its last day, whether that was written down yet or not.
    const to = ended ?? trialEnds
    const last = cycles.at(-1)
    // Where one of no days began there, the grid is that of what follows it.
    if (last && last.cycle.anchor === anchor && last.to !== anchor) last.to = to
    else cycles.push({ cycle: { anchor, alignment, months: 1 }, to })
  }
  return cycles
}

/** The billing period of a phase's plan that holds `date`. In a trial that is the whole trial. */
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
 * The usage period a label names, or the current one. Outside a subscription periods are calendar months.
 * Throws period_not_found.
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
 * What is left of a calendar month beside the subscription's periods. Those have the first right to the
 * month's name.
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
