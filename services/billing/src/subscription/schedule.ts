import { monthsOf, seatsOf, type Plan } from '../catalogue/plan.ts'
import { addDays, earlier, type LocalDate } from '../values/date.ts'
import { billingPeriodAt } from './timeline.ts'
import type { Phase } from './phase.ts'

/** Who asked for something: the customer in the portal, or the vendor by the billing API. */
export type Party = 'customer' | 'vendor'

/**
 * Something that was asked for and waits for its date: another plan, seats or version, or the end of the
 * subscription (`change` is null).
 */
export interface Waiting {
  by: Party
  at: LocalDate
  /** `seats` is null where they stay as they are by then. */
  change: { id: string; plan: Plan; seats: number | null } | null
}

/** One thing that will happen: the phase to come, or, without one, the end of the subscription. */
export interface Scheduled {
  at: LocalDate
  phase: Phase | null
  /** Whether nobody asked for it: a trial goes over into what it was a trial of. */
  afterTrial: boolean
  /** What still waits once this has happened. */
  left: Waiting[]
}

/**
 * What happens to a subscription from its last phase on, in order. An end ends everything. What the vendor
 * scheduled goes on under a change of the same plan, and gives way to the customer's move to another one on
 * the same date or before.
 */
export function whatHappens(last: Phase, waiting: readonly Waiting[]): Scheduled[] {
  const ahead: Scheduled[] = []
  for (let next = nextOf(last, waiting); next; next = next.phase ? nextOf(next.phase, next.left) : undefined)
    ahead.push(next)
  return ahead
}

function nextOf(current: Phase, waiting: readonly Waiting[]): Scheduled | undefined {
  const at = [
    ...waiting.map((one) => one.at),
    ...(current.trialEnds === null ? [] : [current.trialEnds]),
  ].sort()[0]
  if (at === undefined) return undefined
  const [due, later] = [waiting.filter((one) => one.at <= at), waiting.filter((one) => one.at > at)]
  if (due.some((one) => one.change === null)) return { at, phase: null, afterTrial: false, left: [] }
  const [own, vendors] = [
    due.find((one) => one.by === 'customer')?.change,
    due.find((one) => one.by === 'vendor')?.change,
  ]
  const to =
    own && vendors
      ? together(own, vendors, current)
      : (own ?? vendors ?? { id: `${current.id}_paid`, plan: current.plan, seats: null })
  const seats = to.seats ?? Math.max(current.seats, seatsOf(to.plan).min)
  const phase = nextPhase(current, { id: to.id, plan: to.plan, seats, from: at, scheduled: true })
  return {
    at,
    phase,
    afterTrial: due.length === 0,
    left: later.flatMap((one) => leftAfter(one, { before: current, after: phase })),
  }
}

/**
 * The phase that something which waits becomes on its date, or goes on under; undefined where it gives way.
 */
export function becomes(
  { ahead }: { ahead: readonly Scheduled[] },
  { by, at, change }: Waiting,
): Phase | undefined {
  const phase = change && ahead.find((one) => one.at === at)?.phase
  return phase && (by === 'customer' || phase.id === change.id) ? phase : undefined
}

type WaitingChange = NonNullable<Waiting['change']>

/**
 * Two changes of one date: seats and changes of the same plan go on under the vendor's, another plan takes
 * its place.
 */
function together(own: WaitingChange, vendors: WaitingChange, current: Phase): WaitingChange {
  const samePlan = own.plan.id === current.plan.id || own.plan.id === vendors.plan.id
  return samePlan ? { ...vendors, seats: vendors.seats ?? own.seats } : own
}

/**
 * What becomes of something that waits for a later date once another phase has begun: it goes on, on its plan
 * and its grid, or its place is taken.
 */
export function leftAfter(one: Waiting, { before, after }: { before: Phase; after: Phase }): Waiting[] {
  const at = isSameGrid(before, after) ? one.at : billingPeriodAt(after, after.from).to
  if (!one.change) return [{ ...one, at }]
  const moved = after.plan.id !== before.plan.id
  if (one.by === 'vendor') return moved && one.change.plan.id !== after.plan.id ? [] : [{ ...one, at }]
  // Seats of the plan the vendor moved them from, or to: they are of the plan they are on by then.
  const follows = one.change.plan.id === before.plan.id || one.change.plan.id === after.plan.id
  return [{ ...one, at, change: follows ? { ...one.change, plan: after.plan } : one.change }]
}

/** Whether one phase goes on with the periods of another: a trial's are its own. */
export function isSameGrid(before: Phase, after: Phase): boolean {
  return (
    (before.trialEnds === null) === (after.trialEnds === null)
    && (after.trialEnds !== null || monthsOf(before.plan) === monthsOf(after.plan))
  )
}

/**
 * The phase that follows another: with the same interval it keeps the anchor. A change in a trial goes on
 * with the trial, whatever the interval; what follows a trial begins anew.
 */
export function nextPhase(
  last: Phase,
  to: Pick<Phase, 'id' | 'plan' | 'seats' | 'from' | 'scheduled'>,
): Phase {
  const trialEnds = trialLeft(last, to)
  const inTrial = trialEnds !== null
  const afterTrial = last.trialEnds !== null && !inTrial
  const sameGrid = inTrial || (!afterTrial && monthsOf(last.plan) === monthsOf(to.plan))
  return {
    ...to,
    subscriptionId: last.subscriptionId,
    to: null,
    anchor: sameGrid ? last.anchor : to.from,
    alignment: sameGrid ? last.alignment : to.plan.alignment,
    trialEnds,
  }
}

/**
 * Until when a trial goes on in another phase: on another plan for at most that plan's own days, counted from
 * the trial's start. Null where it is over.
 */
function trialLeft(last: Phase, to: Pick<Phase, 'plan' | 'from'>): LocalDate | null {
  if (last.trialEnds === null) return null
  const ends =
    to.plan.id === last.plan.id
      ? last.trialEnds
      : earlier(last.trialEnds, addDays(last.anchor, to.plan.trialDays))
  return to.from < ends ? ends : null
}

/** The phases as they will be once everything that is scheduled has happened. */
export function phasesAhead({ phases, ahead }: { phases: Phase[]; ahead: readonly Scheduled[] }): Phase[] {
  return ahead.reduce((known, { at, phase }) => {
    const ended = known.map((one) => (one.to === null ? { ...one, to: at } : one))
    return phase ? [...ended, phase] : ended
  }, phases)
}
