import { monthsOf, seatsOf, type Plan } from '../catalogue/plan.ts'
import type { LocalDate } from '../values/date.ts'
import { billingPeriodAt } from './timeline.ts'
import type { Phase } from './phase.ts'
import { trialLeft } from './trial.ts'

/** Who made a request: the customer in the portal, or the vendor through the billing API. */
export type Party = 'customer' | 'vendor'

/**
 * A scheduled request: another plan, version or number of seats, or the end of the subscription (`change` is
 * null).
 */
export interface Waiting {
  by: Party
  at: LocalDate
  /** `seats` is null where the change keeps the number of seats of that date. */
  change: { id: string; plan: Plan; seats: number | null } | null
}

/** One future event: the next phase or, without one, the end of the subscription. */
export interface Scheduled {
  at: LocalDate
  phase: Phase | null
  /** Whether nobody requested it: a trial turns into the paid plan. */
  afterTrial: boolean
  /** The requests that are still waiting after it. */
  left: Waiting[]
}

/**
 * Returns what happens to a subscription after its last phase, in order. An end drops everything else. A
 * vendor's change stays where the customer changes within the same plan, and is dropped where the customer
 * moves to another plan on the same date or before.
 */
export function whatHappens(last: Phase, waiting: readonly Waiting[]): Scheduled[] {
  const ahead: Scheduled[] = []
  for (let next = nextOf(last, waiting); next; next = next.phase ? nextOf(next.phase, next.left) : undefined)
    ahead.push(next)
  return ahead
}

function nextOf(current: Phase, waiting: readonly Waiting[]): Scheduled | undefined {
  const at = [
    ...waiting.map((request) => request.at),
    ...(current.trialEnds === null ? [] : [current.trialEnds]),
  ].sort()[0]
  if (at === undefined) return undefined
  const [due, later] = [
    waiting.filter((request) => request.at <= at),
    waiting.filter((request) => request.at > at),
  ]
  if (due.some((request) => request.change === null)) return { at, phase: null, afterTrial: false, left: [] }
  const [own, vendors] = [
    due.find((request) => request.by === 'customer')?.change,
    due.find((request) => request.by === 'vendor')?.change,
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
    left: later.flatMap((request) => leftAfter(request, { before: current, after: phase })),
  }
}

/**
 * Returns the phase that a waiting request becomes on its date, also together with an earlier one; undefined
 * where it is dropped.
 */
export function becomes(
  { ahead }: { ahead: readonly Scheduled[] },
  { by, at, change }: Waiting,
): Phase | undefined {
  const phase = change && ahead.find((scheduled) => scheduled.at === at)?.phase
  return phase && (by === 'customer' || phase.id === change.id) ? phase : undefined
}

type WaitingChange = NonNullable<Waiting['change']>

/**
 * Merges two changes on one date: seats and changes within the same plan apply on top of the vendor's;
 * another plan replaces it.
 */
function together(own: WaitingChange, vendors: WaitingChange, current: Phase): WaitingChange {
  const samePlan = own.plan.id === current.plan.id || own.plan.id === vendors.plan.id
  return samePlan ? { ...vendors, seats: vendors.seats ?? own.seats } : own
}

/**
 * Returns a later request as it stands once another phase has started: kept with its plan and grid, or
 * dropped.
 */
export function leftAfter(request: Waiting, { before, after }: { before: Phase; after: Phase }): Waiting[] {
  const at = isSameGrid(before, after) ? request.at : billingPeriodAt(after, after.from).to
  if (!request.change) return [{ ...request, at }]
  const moved = after.plan.id !== before.plan.id
  if (request.by === 'vendor')
    return moved && request.change.plan.id !== after.plan.id ? [] : [{ ...request, at }]
  // Seats of the plan the vendor moved the customer from or to apply to the plan in force by then.
  const follows = request.change.plan.id === before.plan.id || request.change.plan.id === after.plan.id
  return [{ ...request, at, change: follows ? { ...request.change, plan: after.plan } : request.change }]
}

/** Returns whether one phase continues the periods of another; a trial has periods of its own. */
export function isSameGrid(before: Phase, after: Phase): boolean {
  return (
    (before.trialEnds === null) === (after.trialEnds === null)
    && (after.trialEnds !== null || monthsOf(before.plan) === monthsOf(after.plan))
  )
}

/**
 * Returns the phase after another. The same interval keeps the anchor; a change in a trial continues the
 * trial at any interval; a new anchor starts after a trial.
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

/** Returns the phases as they will be after everything scheduled has happened. */
export function phasesAhead({ phases, ahead }: { phases: Phase[]; ahead: readonly Scheduled[] }): Phase[] {
  return ahead.reduce((known, { at, phase }) => {
    const ended = known.map((one) => (one.to === null ? { ...one, to: at } : one))
    return phase ? [...ended, phase] : ended
  }, phases)
}
