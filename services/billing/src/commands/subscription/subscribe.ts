import type { Engine, BillingTransaction } from '../../engine.ts'
import { refuseArchived, refuseSeatsWithout, seatsFor } from './planned-change.ts'
import { recordActivity } from '../../activity/activity.ts'
import { catchUp } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState, type BillingState, type SubscriptionState } from '../../subscription/state.ts'
import type { InvoiceDocument } from '../../invoicing/document/document.ts'
import { issue } from '../../invoicing/issue.ts'
import { feeLine, setupLine, type LineDraft } from '../../invoicing/document/line.ts'
import { hasOverdueInvoice } from '../../invoicing/state.ts'
import { withWaiting } from '../../invoicing/document/charge-line.ts'
import { priced } from '../../invoicing/document/discounted.ts'
import { nextInvoiceOf, type NextInvoice } from '../../invoicing/next.ts'
import { viewOf, type Invoice } from '../../invoicing/view.ts'
import { alsoIssued, trialUsed } from './notices.ts'
import type { Discount } from '../../customer/discount.ts'
import { getPlan, isTrial, maxTrialDays, seatsOf, type Plan } from '../../catalogue/plan.ts'
import { honourQuote, promisedStart, withCoupon, type Promised } from './quote.ts'
import { onCustomerWith } from './with-coupon.ts'
import { redeem, type FoundCoupon } from '../../subscription/redemption.ts'
import { addDays, daysBetween, type LocalDate } from '../../values/date.ts'
import type { Totals } from '../../pricing/totals.ts'
import { addSeconds, parseInstant, type Instant } from '../../values/instant.ts'
import { instantOf, localDateOf } from '../../values/zone.ts'
import { insertPhase } from '../../subscription/write.ts'
import { billingPeriodAt, usagePeriods } from '../../subscription/timeline.ts'
import { replaceUsage } from '../../usage/totals/after-end.ts'
import { allowancesOf, type Allowance } from './allowances.ts'
import { maxLateDays } from '../../usage/totals/taken-times.ts'
import { shown } from '../../values/period.ts'
import { keepZoneInPeriods } from '../../subscription/time-zone-change.ts'
import { currentPhase, type Phase } from '../../subscription/phase.ts'
import { becomes, type Party } from '../../subscription/schedule.ts'
import type { Notice } from '../../values/localized-text.ts'
import { shownSeats } from '../../subscription/offered-plans.ts'
import { hadTrial } from '../../subscription/trial.ts'
import { creditsOn } from '../../invoicing/document/unused-time.ts'
import { setupFeeOf } from '../../subscription/setup-fee.ts'

export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'canceled' | 'none'

/** A customer's subscription as of now. Dates are local, periods half-open. */
export interface Subscription {
  id: string | null
  status: SubscriptionStatus
  plan: Plan | null
  seats: number | null
  allowances: Allowance[]
  startedAt: Instant | null
  /** When it ended; null while it continues. */
  endedAt: Instant | null
  currentPeriod: { start: LocalDate; end: LocalDate } | null
  usagePeriod: { start: LocalDate; end: LocalDate; label: string } | null
  trialEndsAt: Instant | null
  /** The local dates left of the trial, including today. */
  trialDaysLeft: number | null
  cancelAtPeriodEnd: boolean
  /** Who ends it and on which date; null where it continues. */
  cancellation: { at: LocalDate; by: Party } | null
  /** The customer's scheduled change, or else the vendor's. */
  scheduledChange: ScheduledChange | null
  /** Both, ordered by date. */
  scheduledChanges: ScheduledChange[]
  nextInvoice: NextInvoice | null
}

/** A scheduled change as it will be. A customer cannot undo the vendor's. */
export interface ScheduledChange {
  planId: string
  planVersion: number
  /** Null on a plan without seats. */
  seats: number | null
  at: LocalDate
  by: Party
}

export interface Changed {
  subscription: Subscription
  invoice: Invoice | null
  /** What the command dropped, kept or did besides what was requested. */
  notices: Notice[]
}

/**
 * Subscribes a customer to a plan from `startsAt` (now, or at most 35 days ago) and issues the first fee.
 * With a trial (`trialDays`, or the plan's unless they had one) no fee is due until its last day has passed.
 * What is overdue is billed at once. After an ended subscription a new one may start no earlier than that
 * end, or on the date it was ended at once. Throws subscription_exists.
 */
export async function createSubscription(
  engine: Engine,
  input: StartRequest & { quoteId?: string; coupon?: string },
): Promise<Changed> {
  return onCustomerWith(engine, input, async (tx, before, coupon) => {
    const { document, notices, state } = await beginSubscription(tx, before, { ...input, coupon })
    return {
      subscription: await subscriptionOf(tx, state),
      invoice: document && (await viewOf(tx, document)),
      notices: [...notices, ...alsoIssued(tx, input.customerId, document)],
    }
  })
}

export interface StartRequest {
  customerId: string
  planId: string
  seats?: number
  startsAt?: string
  trialDays?: number
}

/** A started subscription: what its first invoice comes to, and what a quote promises. */
export interface Begun {
  from: LocalDate
  lines: LineDraft[]
  totals: Totals
  promised: Promised
  document: InvoiceDocument | null
  /** What a coupon became. */
  redeemed: Discount | undefined
  state: BillingState
  notices: Notice[]
}

/** Starts a subscription in a transaction that holds the customer's lock and has done due work. */
export async function beginSubscription(
  tx: BillingTransaction,
  before: BillingState,
  input: StartRequest & { quoteId?: string; coupon?: FoundCoupon | undefined },
): Promise<Begun> {
  const last = before.phases.at(-1)
  if (currentPhase(before))
    throw new BillingError('subscription_exists', {
      customerId: input.customerId,
      message: `customer '${input.customerId}' has a subscription already: change its plan instead`,
    })
  const plan = await getPlan(tx, { planId: input.planId })
  await refuseArchived(tx, plan, { isNewest: true })
  if (plan.currency !== before.customer.currency) {
    throw new BillingError('currency_mismatch', {
      pointer: '/planId',
      currency: plan.currency,
      message: `plan '${plan.id}' is in ${plan.currency}, the account is in ${before.customer.currency}`,
    })
  }
  const trialDays = input.trialDays ?? (hadTrial(before) ? 0 : plan.trialDays)
  if (!isTrial(trialDays))
    throw new BillingError('validation_failed', {
      pointer: '/trialDays',
      message: `a trial has 0 to ${maxTrialDays} days, not ${trialDays}`,
    })
  refuseSeatsWithout(plan, input.seats)
  const seats = seatsFor(plan, input.seats, seatsOf(plan).min)
  const startedAt = startOf(input.startsAt, tx.at)
  const from = localDateOf(before.zones, startedAt)
  const handedOver = await lastDayGivenBack(tx, before, from)
  if (last && from < last.to! && !handedOver)
    throw new BillingError('starts_too_early', {
      pointer: '/startsAt',
      message: `the subscription last it ended on ${last.to}: the next one starts on that date or later`,
    })
  const subscriptionId = tx.newId('sub')
  await tx.query(
    'insert into subscriptions (customer_id, id, started_at, created_at) values ($1, $2, $3, $4)',
    [input.customerId, subscriptionId, startedAt, tx.at],
  )
  const id = tx.newId('str')
  const phase: Phase = {
    id,
    subscriptionId,
    plan,
    seats,
    from,
    to: null,
    anchor: from,
    scheduled: false,
    // The periods of a trial start with it: only paid periods follow the calendar.
    ...(trialDays > 0
      ? { trialEnds: addDays(from, trialDays), alignment: 'anniversary' }
      : { trialEnds: null, alignment: plan.alignment }),
  }
  await insertPhase(tx, input.customerId, phase)
  await recordActivity(tx, {
    type: 'subscription.created',
    customerId: input.customerId,
    subjectId: subscriptionId,
  })
  await keepZoneInPeriods(tx, input.customerId)
  const started = await readBillingState(tx, input.customerId)
  if (handedOver) await replaceUsage(tx, started, from)
  const billingPeriod = billingPeriodAt(phase, from)
  const fee = feeLine(phase, billingPeriod, billingPeriod)
  const period = usagePeriods(started.phases, from).at(-1)!
  // A separate document: its credit first pays what is open of the previous subscription.
  if (handedOver?.some((line) => line.amount !== 0))
    await issue(tx, started, {
      kind: 'change',
      period,
      lines: handedOver,
      termsDays: plan.paymentTermsDays,
      cause: { kind: 'phase', id },
    })
  const own = [
    ...(fee.amount === 0 || trialDays > 0 ? [] : [fee]),
    ...setupLine(phase, setupFeeOf(started.phases, phase), from),
  ]
  const lines = withWaiting(started, own, plan)
  const redeemed = input.coupon && (await redeem(tx, started, input.coupon, { plans: [plan], from }))
  const offer = await priced(tx, started, lines)
  const promised = withCoupon(promisedStart({ plan, seats, trialDays, ...offer }), redeemed)
  if (input.quoteId !== undefined) await honourQuote(tx, input.customerId, input.quoteId, promised)
  const document = await issue(tx, started, {
    kind: 'start',
    period,
    lines,
    termsDays: plan.paymentTermsDays,
    // Two subscriptions may start on one day, when the first was ended on it.
    ...(last ? { cause: { kind: 'phase', id } } : {}),
  })
  const state = await catchUp(tx, started)
  return {
    from,
    ...offer,
    promised,
    document,
    redeemed,
    state,
    notices: plan.trialDays > trialDays && input.trialDays === undefined ? [trialUsed] : [],
  }
}

/**
 * The last date of a subscription that was ended at once goes to one that starts on it, as with a change: the
 * date's fee is credited, and its usage is billed with the new one. Returns undefined where there is no such
 * date, or it was billed already.
 */
async function lastDayGivenBack(
  tx: BillingTransaction,
  state: BillingState,
  from: LocalDate,
): Promise<LineDraft[] | undefined> {
  const {
    customer: { customerId },
    phases,
    endedAt,
    closed,
  } = state
  const before = phases.at(-1)
  if (!before || endedAt === null || before.to !== addDays(from, 1)) return undefined
  if (closed.has(usagePeriods(phases, from).at(-1)!.from)) return undefined
  const lines = await creditsOn(tx, customerId, phases, from)
  await tx.query('update phases set ends_on = $3 where customer_id = $1 and id = $2', [
    customerId,
    before.id,
    from,
  ])
  // Usage before that date is billed first.
  await catchUp(tx, await readBillingState(tx, customerId), { force: true })
  return lines
}

function startOf(startsAt: string | undefined, at: Instant): Instant {
  const started = startsAt === undefined ? at : parseInstant(startsAt)
  if (!started)
    throw new BillingError('validation_failed', {
      pointer: '/startsAt',
      message: `'${startsAt}' is not an RFC 3339 instant`,
    })
  if (started > at)
    throw new BillingError('starts_in_future', {
      pointer: '/startsAt',
      message: `startsAt ${started} is after the server's ${at}`,
    })
  if (started < addSeconds(at, -maxLateDays * 86_400))
    throw new BillingError('starts_too_early', {
      pointer: '/startsAt',
      message: `startsAt ${started} is more than ${maxLateDays} days ago`,
    })
  return started
}

/**
 * Returns a customer's subscription as of now: status 'none' where there never was one. Throws
 * customer_not_found.
 */
export async function getSubscription(engine: Engine, input: { customerId: string }): Promise<Subscription> {
  return engine.transaction(async (tx) => subscriptionOf(tx, await readBillingState(tx, input.customerId)), {
    readOnly: true,
  })
}

/** Returns whether the customer may use the product now: trialing, active or past due. */
export async function checkSubscriptionStatus(
  engine: Engine,
  input: { customerId: string },
): Promise<boolean> {
  const { status } = await getSubscription(engine, input)
  return status === 'trialing' || status === 'active' || status === 'past_due'
}

/** Returns the subscription as it is inside a transaction. */
export async function subscriptionOf(tx: BillingTransaction, state: BillingState): Promise<Subscription> {
  const { customerId } = state.customer
  const current = currentPhase(state)
  if (!current) return { ...noSubscription(state), nextInvoice: await nextInvoiceOf(tx, state) }
  const period = usagePeriods(state.phases, state.today).at(-1)!
  const billingPeriod = billingPeriodAt(current, state.today)
  return {
    id: current.subscriptionId,
    status:
      current.trialEnds !== null
        ? 'trialing'
        : (await hasOverdueInvoice(tx, customerId))
          ? 'past_due'
          : 'active',
    plan: current.plan,
    seats: shownSeats(current),
    allowances: await allowancesOf(tx, state),
    startedAt: state.startedAt,
    endedAt: null,
    currentPeriod: { start: billingPeriod.from, end: billingPeriod.to },
    usagePeriod: shown(period),
    trialEndsAt: current.trialEnds === null ? null : instantOf(state.zones, current.trialEnds),
    trialDaysLeft: current.trialEnds === null ? null : daysBetween(state.today, current.trialEnds),
    ...aheadOf(state),
    nextInvoice: await nextInvoiceOf(tx, state),
  }
}

function aheadOf(
  state: SubscriptionState,
): Pick<Subscription, 'cancelAtPeriodEnd' | 'cancellation' | 'scheduledChange' | 'scheduledChanges'> {
  const [end] = state.waiting.filter((request) => request.change === null).sort(byDate)
  const scheduledChanges = state.waiting
    .flatMap((request): ScheduledChange[] => {
      const phase = becomes(state, request)
      return phase
        ? [
            {
              planId: phase.plan.id,
              planVersion: phase.plan.version,
              seats: shownSeats(phase),
              at: request.at,
              by: request.by,
            },
          ]
        : []
    })
    .sort(byDate)
  return {
    cancelAtPeriodEnd: end !== undefined,
    cancellation: end ? { at: end.at, by: end.by } : null,
    scheduledChange:
      scheduledChanges.find((change) => change.by === 'customer') ?? scheduledChanges[0] ?? null,
    scheduledChanges,
  }
}

const byDate = (a: { at: LocalDate }, b: { at: LocalDate }) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)

const endOf = ({ zones, phases }: SubscriptionState) =>
  phases.at(-1)?.to ? instantOf(zones, phases.at(-1)!.to!) : null

function noSubscription(state: SubscriptionState): Subscription {
  return {
    id: state.phases.at(-1)?.subscriptionId ?? null,
    status: state.phases.length > 0 ? 'canceled' : 'none',
    plan: null,
    seats: null,
    allowances: [],
    startedAt: state.startedAt,
    endedAt: state.endedAt ?? endOf(state),
    currentPeriod: null,
    usagePeriod: null,
    trialEndsAt: null,
    trialDaysLeft: null,
    cancelAtPeriodEnd: false,
    cancellation: null,
    scheduledChange: null,
    scheduledChanges: [],
    nextInvoice: null,
  }
}
