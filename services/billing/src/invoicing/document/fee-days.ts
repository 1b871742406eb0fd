import { directionOf, paidFrom } from '../../subscription/upgrade-downgrade.ts'
import { addDays, intersection, withoutDates, type DateRange, type LocalDate } from '../../values/date.ts'
import type { Period } from '../../values/period.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import type { ClosedPeriods } from '../../subscription/state.ts'
import { feeLine, setupLine, type Line, type LineDraft } from './line.ts'
import type { Phase } from '../../subscription/phase.ts'
import { isSameGrid } from '../../subscription/schedule.ts'
import { setupFeeOf } from '../../subscription/setup-fee.ts'

/**
 * What is needed to bill a fee: the phases and today's date, the closed usage periods, and the lines that
 * stand.
 */
export interface FeeFacts {
  phases: readonly Phase[]
  today: LocalDate
  closed: ClosedPeriods
  billed: readonly Line[]
}

/** Returns the fee of a phase for those dates of a billing period that are still due. */
export function feesStillDue(
  facts: FeeFacts,
  phase: Phase,
  dates: DateRange,
  billingPeriod: Period,
): LineDraft[] {
  return datesStillDue(facts, phase, { from: dates.from, to: dates.to })
    .map((part) => feeLine(phase, part, billingPeriod))
    .filter((line) => line.amount !== 0)
}

/** Returns the setup fee of a phase, unless a document that stands has it. */
export function setupFeeStillDue({ phases, billed }: FeeFacts, phase: Phase): LineDraft[] {
  return billed.some((line) => line.setup && line.phaseId === phase.id)
    ? []
    : setupLine(phase, setupFeeOf(phases, phase), phase.from)
}

/**
 * Returns which dates of a billing period a phase has still to be billed for, usually all. Where the fee was
 * void when a change or ending took over the rest, nothing could be credited then, so only the dates before
 * it are due.
 */
function datesStillDue({ billed, ...facts }: FeeFacts, phase: Phase, dates: DateRange): DateRange[] {
  const own = billed
    .filter((line) => line.phaseId === phase.id)
    .map(({ kind, period: { start, end } }) => ({ kind, from: start, to: end }))
  // Dates whose fee was credited were billed before: they are billed again with it.
  const credits = own.filter((line) => line.kind === 'unused_time')
  const taken = takenOver(facts, phase, dates).flatMap((range) => withoutDates(range, credits))
  return withoutDates(dates, [...taken, ...own.filter((line) => line.kind === 'fee')])
}

/**
 * Returns the dates of a fee that later events took over: a change with money from its date on, an ending
 * with credit, and the last date where another subscription has it.
 */
function takenOver(
  { phases, today, closed }: Omit<FeeFacts, 'billed'>,
  phase: Phase,
  dates: DateRange,
): DateRange[] {
  const begun = phases.filter((one) => one.subscriptionId === phase.subscriptionId && one.from <= today)
  const index = begun.findIndex((one) => one.id === phase.id)
  const after = index < 0 ? [] : begun.slice(index)
  const from = after.slice(1).flatMap((next, index) => movesMoney(phases, closed, after[index]!, next) ?? [])
  const last = after.at(-1)
  const handedOver =
    last?.endedOn && last.to === last.endedOn ? [{ from: last.to, to: addDays(last.to, 1) }] : []
  const credited = last?.credited && last.to !== null ? [last.to] : []
  return [...handedOver, ...[...from, ...credited].map((date) => ({ from: date, to: dates.to }))].flatMap(
    (range) => intersection(range, dates) ?? [],
  )
}

/**
 * Returns the date from which a change credits earlier fees and bills its own; undefined where it does
 * neither.
 */
function movesMoney(
  phases: readonly Phase[],
  closed: ClosedPeriods,
  before: Phase,
  next: Phase,
): LocalDate | undefined {
  if (before.trialEnds !== null) return undefined
  const periods = usagePeriods(phases, next.from)
  // A scheduled change credits with the renewal on its date, and only what reaches beyond that.
  if (next.scheduled)
    return !isSameGrid(before, next)
      && closed.get(periods.findLast((period) => period.to === next.from)?.from ?? '') === 'billed'
      ? next.from
      : undefined
  if (!isSameGrid(before, next)) return next.from
  const direction = directionOf(before, next)
  return direction === 'up' || direction === 'down'
    ? paidFrom(before, next, {
        date: next.from,
        period: periods.findLast((period) => period.from <= next.from)!,
      })
    : undefined
}
