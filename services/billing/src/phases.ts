import type { Plan } from './plan.ts'
import type { LocalDate } from './rules/date.ts'
import type { Instant } from './rules/instant.ts'
import type { Cycle } from './rules/period.ts'

/** A stretch of dates on one plan version with one number of seats. `to` is null while it is open. */
export interface Stretch {
  id: string
  subscriptionId: string
  plan: Plan
  seats: number
  from: LocalDate
  to: LocalDate | null
  anchor: LocalDate
  alignment: Cycle['alignment']
  /** Whether a scheduled change (or the end of a trial) began it: the renewal before it bills its fee. */
  scheduled: boolean
  /** The first date after the trial this stretch belongs to; null where it is paid for. */
  trialEnds: LocalDate | null
  /** Whether it ended before what was paid for, and that was given back. */
  credited?: boolean
  /** The local date on which its subscription was ended at once; null where it was not. */
  endedOn?: LocalDate | null
}

/** A subscription that is over: `endsOn` is the first date after it, `last` its last stretch. */
export interface EndedSubscription {
  id: string
  endsOn: LocalDate
  last: Stretch
}

/** The subscriptions that have ended by today, oldest first. */
export function endedSubscriptions({ stretches, today }: { stretches: readonly Stretch[]; today: LocalDate }): EndedSubscription[] {
  const lasts = new Map(stretches.map((stretch) => [stretch.subscriptionId, stretch]))
  return [...lasts.values()].flatMap((last) =>
    (last.to !== null && last.to <= today ? [{ id: last.subscriptionId, endsOn: last.to, last }] : []))
}

/** The stretch that is in force now, or undefined: on the date it was ended at once, a subscription has one no more. */
export function currentStretch({ stretches, today, endedAt }: { stretches: readonly Stretch[]; today: LocalDate; endedAt: Instant | null }): Stretch | undefined {
  return endedAt === null ? stretchOn(stretches, today) : undefined
}

/** The stretch that holds a date, or undefined. */
export function stretchOn(stretches: readonly Stretch[], date: LocalDate): Stretch | undefined {
  return stretches.findLast((stretch) => stretch.from <= date && (stretch.to === null || date < stretch.to))
}
