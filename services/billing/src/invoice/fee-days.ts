import { directionOf, paidFrom } from '../direction.ts'
import { addDays, intersection, withoutDates, type DateRange, type LocalDate } from '../rules/date.ts'
import type { Period } from '../rules/period.ts'
import { usagePeriods } from '../timeline.ts'
import type { ClosedPeriods } from '../history.ts'
import { feeLine, type Line, type LineDraft } from './line.ts'
import type { Stretch } from '../phases.ts'
import { isSameGrid } from '../schedule.ts'

/** What is known when a fee is billed: the stretches and the date it is now, which usage periods are closed, and the lines that stand. */
export interface FeeFacts {
  stretches: readonly Stretch[]
  today: LocalDate
  closed: ClosedPeriods
  billed: readonly Line[]
}

/** The fee of a stretch for those of some dates of a fee period that are still due. */
export function feesStillDue(facts: FeeFacts, stretch: Stretch, dates: DateRange, feePeriod: Period): LineDraft[] {
  return datesStillDue(facts, stretch, { from: dates.from, to: dates.to }).map((part) => feeLine(stretch, part, feePeriod)).filter((line) => line.amount !== 0)
}

/**
 * The dates among some of a fee period's whose fee a stretch has still to be billed for, as of now: mostly all of them. Where the fee was void while a
 * change or an ending took its rest, nothing was left to give back then, and only what comes before that is due.
 */
function datesStillDue({ billed, ...facts }: FeeFacts, stretch: Stretch, dates: DateRange): DateRange[] {
  const own = billed.filter((line) => line.stretchId === stretch.id).map(({ kind, period: { start, end } }) => ({ kind, from: start, to: end }))
  // What was given back of it already was given back of a fee: that is billed again too.
  const given = own.filter((line) => line.kind === 'credit')
  const taken = takenOver(facts, stretch, dates).flatMap((range) => withoutDates(range, given))
  return withoutDates(dates, [...taken, ...own.filter((line) => line.kind === 'fee')])
}

/** The dates of a fee that what came after its stretch has taken over: a change with money from that on, an ending with credit, and the date it was ended on where another subscription has it. */
function takenOver({ stretches, today, closed }: Omit<FeeFacts, 'billed'>, stretch: Stretch, dates: DateRange): DateRange[] {
  const begun = stretches.filter((one) => one.subscriptionId === stretch.subscriptionId && one.from <= today)
  const index = begun.findIndex((one) => one.id === stretch.id)
  const after = index < 0 ? [] : begun.slice(index)
  const from = after.slice(1).flatMap((next, index) => movesMoney(stretches, closed, after[index]!, next) ?? [])
  const last = after.at(-1)
  const handedOver = last?.endedOn && last.to === last.endedOn ? [{ from: last.to, to: addDays(last.to, 1) }] : []
  const credited = last?.credited && last.to !== null ? [last.to] : []
  return [...handedOver, ...[...from, ...credited].map((date) => ({ from: date, to: dates.to }))].flatMap((range) => intersection(range, dates) ?? [])
}

/** From which date on a change gives back the fees of before, and bills its own; undefined where it does neither. */
function movesMoney(stretches: readonly Stretch[], closed: ClosedPeriods, before: Stretch, next: Stretch): LocalDate | undefined {
  if (before.trialEnds !== null) return undefined
  const periods = usagePeriods(stretches, next.from)
  // What was scheduled gives back with the renewal on its date, and only of what reaches beyond.
  if (next.scheduled) return !isSameGrid(before, next) && closed.get(periods.findLast((one) => one.to === next.from)?.from ?? '') === 'billed' ? next.from : undefined
  if (!isSameGrid(before, next)) return next.from
  const direction = directionOf(before, next)
  return direction === 'up' || direction === 'down' ? paidFrom(before, next, { date: next.from, period: periods.findLast((one) => one.from <= next.from)! }) : undefined
}
