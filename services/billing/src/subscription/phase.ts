import type { Plan } from '../catalogue/plan.ts'
import type { LocalDate } from '../values/date.ts'
import type { Instant } from '../values/instant.ts'
import type { Cycle } from '../values/period.ts'

/** A range of dates on one plan version with one number of seats. `to` is null while it is open. */
export interface Phase {
  id: string
  subscriptionId: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  anchor: LocalDate
  alignment: Cycle['alignment']
  /** Whether a scheduled change or the end of a trial started it: the renewal before it bills its fee. */
  scheduled: boolean
  /** The first date after the trial this phase belongs to; null where the phase is paid. */
  trialEnds: LocalDate | null
  /** Whether it ended before the end of its paid days, and those were credited. */
  credited?: boolean
  /** The local date on which its subscription was ended at once; null where it was not. */
  endedOn?: LocalDate | null
}

/** An ended subscription: `endsOn` is the first date after it, `last` its last phase. */
export interface EndedSubscription {
  id: string
  endsOn: LocalDate
  last: Phase
}

/** Returns the subscriptions that have ended by today, oldest first. */
export function endedSubscriptions({
  phases,
  today,
}: {
  phases: readonly Phase[]
  today: LocalDate
}): EndedSubscription[] {
  const lasts = new Map(phases.map((phase) => [phase.subscriptionId, phase]))
  return [...lasts.values()].flatMap((last) =>
    last.to !== null && last.to <= today ? [{ id: last.subscriptionId, endsOn: last.to, last }] : [],
  )
}

/**
 * Returns the current phase, or undefined. A subscription that was ended at once has none on its last date.
 */
export function currentPhase({
  phases,
  today,
  endedAt,
}: {
  phases: readonly Phase[]
  today: LocalDate
  endedAt: Instant | null
}): Phase | undefined {
  return endedAt === null ? phaseOn(phases, today) : undefined
}

/** Returns the phase that contains a date, or undefined. */
export function phaseOn(phases: readonly Phase[], date: LocalDate): Phase | undefined {
  return phases.findLast((phase) => phase.from <= date && (phase.to === null || date < phase.to))
}
