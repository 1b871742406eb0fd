import type { Billing, BillingTransaction } from './billing.ts'
import { directionOf, endedPeriod, planChange, seatsFor, type PlannedChange } from './change.ts'
import { noteChange } from './change-feed.ts'
import { keepZoneInPeriods } from './customer.ts'
import { closesAt, doWhatIsDue, rememberClosed } from './due.ts'
import { BillingError } from './failure.ts'
import { lockCustomer, nextStretch, readHistory, stretchOn, type History, type Stretch } from './history.ts'
import type { InvoiceDocument } from './invoice/document.ts'
import { issue, type InvoiceDraft } from './invoice/issue.ts'
import { feeLine } from './invoice/line.ts'
import { hasOverdueInvoice } from './invoice/state.ts'
import { priced } from './invoice/priced.ts'
import { renewalLines } from './invoice/renewal.ts'
import { viewOf, type Invoice } from './invoice/view.ts'
import { getAllPlans, getPlan, isTrial, monthsOf, mostTrialDays, type Plan } from './plan.ts'
import { honourQuote } from './quote.ts'
import { addDays, daysBetween, type LocalDate } from './rules/date.ts'
import { addSeconds, parseInstant, type Instant } from './rules/instant.ts'
import type { Money } from './rules/money.ts'
import { unitsFrom } from './rules/quantity.ts'
import { instantOf, localDateOf } from './rules/zone.ts'
import { forgetScheduled, insertStretch, writeStretches } from './stretch.ts'
import { feePeriodAt, usagePeriods } from './timeline.ts'
import { latestDays } from './usage/event.ts'
import { heldToday } from './usage/held.ts'
import { dailyUsage, rateUsage, usageStretches } from './usage/rating.ts'
import { shown } from './usage/summary.ts'

export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'canceled' | 'none'

/** What a meter's allowance is in the current stretch and usage period, in units; null is unlimited. */
export interface Allowance {
  meter: string
  allowance: number | null
  used: number
  /** Held back by open reservations: whoever consumes now is granted no more than what remains. */
  reserved: number
  remaining: number | null
}

/** A customer's subscription as of now. Dates are local, periods half-open. */
export interface Subscription {
  id: string | null
  status: SubscriptionStatus
  plan: Plan | null
  seats: number | null
  allowances: Allowance[]
  startedAt: Instant | null
  currentPeriod: { start: LocalDate; end: LocalDate } | null
  usagePeriod: { start: LocalDate; end: LocalDate; label: string } | null
  trialEndsAt: Instant | null
  /** The local dates left of the trial, today among them. */
  trialDaysLeft: number | null
  cancelAtPeriodEnd: boolean
  scheduledChange: { planId: string; seats: number; at: LocalDate } | null
  nextInvoice: { at: LocalDate; estimatedTotal: Money; currency: string } | null
}

export interface Changed {
  subscription: Subscription
  invoice: Invoice | null
}

/**
 * Subscribes a customer to a plan, from `startsAt` (now, or at most 35 days ago) on, and issues the first fee; with a trial (`trialDays`, the
 * plan's unless given) no fee is due until its last day has passed. What is then overdue is billed at once. After one that has ended a new
 * one may start, not before that end. Throws subscription_exists when they have one.
 */
export async function createSubscription(
  billing: Billing, input: { customerId: string; planId: string; seats?: number; startsAt?: string; trialDays?: number },
): Promise<Changed> {
  return billing.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    await doWhatIsDue(tx, await readHistory(tx, input.customerId))
    const history = await readHistory(tx, input.customerId)
    const before = history.stretches.at(-1)
    if (stretchOn(history.stretches, history.today)) throw new BillingError('subscription_exists', { customerId: input.customerId, message: `customer '${input.customerId}' has a subscription already: change its plan instead` })
    const plan = await getPlan(tx, { planId: input.planId })
    if (plan.archived) throw new BillingError('plan_archived', { pointer: '/planId', planId: plan.id, message: `plan '${plan.id}' takes nobody new` })
    if (plan.currency !== history.customer.currency) {
      throw new BillingError('currency_mismatch', { pointer: '/planId', currency: plan.currency, message: `plan '${plan.id}' is in ${plan.currency}, the account is in ${history.customer.currency}` })
    }
    const trialDays = input.trialDays ?? plan.trialDays
    if (!isTrial(trialDays)) throw new BillingError('validation_failed', { pointer: '/trialDays', message: `a trial has 0 to ${mostTrialDays} days, not ${trialDays}` })
    const startedAt = startOf(input.startsAt, tx.at)
    const from = localDateOf(history.zones, startedAt)
    if (before && from < before.to!) throw new BillingError('starts_too_early', { pointer: '/startsAt', message: `the subscription before it ended on ${before.to}: the next one starts on that date or later` })
    const subscriptionId = tx.newId('sub')
    await tx.query('insert into subscriptions (customer_id, id, started_at, created_at) values ($1, $2, $3, $4)', [input.customerId, subscriptionId, startedAt, tx.at])
    const id = tx.newId('str')
    const stretch: Stretch = {
      id, subscriptionId, plan, seats: seatsFor(plan, input.seats, plan.seats.min), from, to: null, anchor: from, usageId: id, scheduled: false,
      // A trial's periods begin with it: only what is paid for goes by the calendar.
      ...(trialDays > 0 ? { trialEnds: addDays(from, trialDays), alignment: 'anniversary' } : { trialEnds: null, alignment: plan.alignment }),
    }
    await insertStretch(tx, input.customerId, stretch)
    await noteChange(tx, { type: 'subscription.created', customerId: input.customerId, subjectId: subscriptionId })
    await keepZoneInPeriods(tx, input.customerId)
    const started = await readHistory(tx, input.customerId)
    const period = usagePeriods(started.stretches, from).at(-1)!
    const feePeriod = feePeriodAt(stretch, from)
    const fee = feeLine(stretch, feePeriod, feePeriod)
    const document = await issue(tx, started, {
      kind: 'start', period, lines: fee.amount === 0 || trialDays > 0 ? [] : [fee], termsDays: plan.paymentTermsDays,
      // Two may start on one day, when the first was ended on it.
      ...(before ? { stretchId: id } : {}),
    })
    await doWhatIsDue(tx, started)
    return changed(tx, input.customerId, document)
  })
}

function startOf(startsAt: string | undefined, at: Instant): Instant {
  const started = startsAt === undefined ? at : parseInstant(startsAt)
  if (!started) throw new BillingError('validation_failed', { pointer: '/startsAt', message: `'${startsAt}' is not an RFC 3339 instant` })
  if (started > at) throw new BillingError('starts_in_future', { pointer: '/startsAt', message: `startsAt ${started} is after the server's ${at}` })
  if (started < addSeconds(at, -latestDays * 86_400)) throw new BillingError('starts_too_early', { pointer: '/startsAt', message: `startsAt ${started} is more than ${latestDays} days ago` })
  return started
}

/** A customer's subscription as of now: status 'none' where there never was one. Throws customer_not_found. */
export async function getSubscription(billing: Billing, input: { customerId: string }): Promise<Subscription> {
  return billing.transaction((tx) => subscriptionOf(tx, input.customerId), { readOnly: true })
}

/** Whether the customer may use the product now: trialing, active or past due. */
export async function checkSubscriptionStatus(billing: Billing, input: { customerId: string }): Promise<boolean> {
  const { status } = await getSubscription(billing, input)
  return status === 'trialing' || status === 'active' || status === 'past_due'
}

/** The catalogue with what each plan is to this customer's own, at the seats they have. */
export async function plansFor(billing: Billing, input: { customerId: string }): Promise<(Plan & { relation: 'current' | 'upgrade' | 'downgrade' })[]> {
  return billing.transaction(async (tx) => {
    const history = await readHistory(tx, input.customerId)
    const current = stretchOn(history.stretches, history.today)
    const offered = (await getAllPlans(tx)).filter((plan) => plan.currency === history.customer.currency && plan.id !== current?.plan.id)
    const plans = current ? [...offered, current.plan] : offered
    plans.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    return plans.map((plan) => ({ ...plan, relation: relationOf(plan, current) }))
  }, { readOnly: true })
}

function relationOf(plan: Plan, current: Stretch | undefined): 'current' | 'upgrade' | 'downgrade' {
  if (!current) return 'upgrade'
  if (plan.id === current.plan.id) return 'current'
  const seats = Math.max(plan.seats.min, Math.min(current.seats, plan.seats.max ?? current.seats))
  return directionOf(current, { plan, seats }) === 'down' ? 'downgrade' : 'upgrade'
}

/**
 * Moves the customer to a higher plan (or more seats) now: the unused days of the old one are credited, the remaining days
 * of the new one charged, on one invoice. With a quote, charges exactly what it said or refuses. Asking for the plan they
 * are on changes nothing. What was scheduled is then undone. Throws not_an_upgrade for a lower plan.
 */
export async function upgradeSubscription(billing: Billing, input: { customerId: string; planId: string; seats?: number; quoteId?: string }): Promise<Changed> {
  return billing.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    await doWhatIsDue(tx, await readHistory(tx, input.customerId), { force: true })
    const history = await readHistory(tx, input.customerId)
    const change = await planChange(tx, history, input)
    if (change.direction === 'down') throw new BillingError('not_an_upgrade', { pointer: '/planId', planId: change.to.plan.id, message: `plan '${change.to.plan.id}' with ${change.to.seats} seats is below the current one` })
    if (input.quoteId !== undefined) await honourQuote(tx, input.customerId, input.quoteId, change)
    if (change.direction === 'same') return changed(tx, input.customerId, null)
    return changed(tx, input.customerId, await makeChange(tx, history, change))
  })
}

async function makeChange(tx: BillingTransaction, history: History, change: PlannedChange): Promise<InvoiceDocument | null> {
  const { from, to } = change
  const stretch = nextStretch(from, { id: tx.newId('str'), ...to, from: history.today, scheduled: false })
  // A cancellation stays what it is.
  if (history.scheduled?.stretch) await forgetScheduled(tx, history.customer.customerId)
  await writeStretches(tx, history.customer.customerId, { endsOn: history.today, next: stretch })
  await noteChange(tx, { type: 'subscription.changed', customerId: history.customer.customerId, subjectId: from.subscriptionId })
  const moved = await readHistory(tx, history.customer.customerId)
  const period = usagePeriods(moved.stretches, moved.today).at(-1)!
  const draft: InvoiceDraft = {
    kind: 'change', period, stretchId: stretch.id, termsDays: to.plan.paymentTermsDays,
    lines: change.lines.map((line) => (line.stretchId === '' ? { ...line, stretchId: stretch.id } : line)),
  }
  const document = await issue(tx, moved, draft)
  if (from.trialEnds === null && monthsOf(from.plan) !== monthsOf(to.plan)) await beginGrid(tx, moved, stretch)
  await doWhatIsDue(tx, await readHistory(tx, history.customer.customerId))
  return document
}

/** Another interval: the usage period it ended is billed, and what waits for the end of a period waits for that of the new ones. */
async function beginGrid(tx: BillingTransaction, history: History, stretch: Stretch): Promise<void> {
  const { customerId } = history.customer
  const ended = endedPeriod(history.stretches, stretch.from)
  if (ended) await rememberClosed(tx, history, ended)
  await keepZoneInPeriods(tx, customerId)
  // A cancellation waits for the end of what is paid for now.
  if (history.scheduled) await tx.query('update scheduled_changes set on_date = $2 where customer_id = $1', [customerId, feePeriodAt(stretch, stretch.from).to])
}

async function changed(tx: BillingTransaction, customerId: string, document: InvoiceDocument | null): Promise<Changed> {
  return { subscription: await subscriptionOf(tx, customerId), invoice: document && (await viewOf(tx, document)) }
}

/** The subscription as it stands inside a transaction. */
export async function subscriptionOf(tx: BillingTransaction, customerId: string): Promise<Subscription> {
  const history = await readHistory(tx, customerId)
  const current = stretchOn(history.stretches, history.today)
  if (!current) return noSubscription(history)
  const period = usagePeriods(history.stretches, history.today).at(-1)!
  const feePeriod = feePeriodAt(current, history.today)
  return {
    id: current.subscriptionId,
    status: current.trialEnds !== null ? 'trialing' : (await hasOverdueInvoice(tx, customerId)) ? 'past_due' : 'active',
    plan: current.plan, seats: current.seats,
    allowances: await allowancesOf(tx, history, current),
    startedAt: history.startedAt,
    currentPeriod: { start: feePeriod.from, end: feePeriod.to },
    usagePeriod: shown(period),
    trialEndsAt: current.trialEnds === null ? null : instantOf(history.zones, current.trialEnds),
    trialDaysLeft: current.trialEnds === null ? null : daysBetween(history.today, current.trialEnds),
    ...aheadOf(history),
    nextInvoice: await estimateNextInvoice(tx, history),
  }
}

function aheadOf({ scheduled, today }: History): Pick<Subscription, 'cancelAtPeriodEnd' | 'scheduledChange'> {
  if (!scheduled || scheduled.at <= today) return { cancelAtPeriodEnd: false, scheduledChange: null }
  const { at, stretch, afterTrial } = scheduled
  return { cancelAtPeriodEnd: stretch === null, scheduledChange: afterTrial ? null : stretch && { planId: stretch.plan.id, seats: stretch.seats, at } }
}

function noSubscription(history: History): Subscription {
  return {
    id: history.stretches.at(-1)?.subscriptionId ?? null, status: history.stretches.length > 0 ? 'canceled' : 'none', plan: null, seats: null, allowances: [],
    startedAt: history.startedAt, currentPeriod: null, usagePeriod: null, trialEndsAt: null, trialDaysLeft: null, cancelAtPeriodEnd: false, scheduledChange: null, nextInvoice: null,
  }
}

async function allowancesOf(tx: BillingTransaction, history: History, current: Stretch): Promise<Allowance[]> {
  const period = usagePeriods(history.stretches, history.today).at(-1)!
  const usage = await dailyUsage(tx, history.customer.customerId, period)
  const counters = usageStretches(history.stretches).filter((stretch) => stretch.id === current.usageId)
  const held = await heldToday(tx, history)
  return rateUsage(counters, period, usage, history.meters).map(({ meter, allowance, used }) => {
    const reserved = held.get(meter.key) ?? 0
    const units = (steps: number) => unitsFrom(steps, meter.decimals)
    return { meter: meter.key, allowance: allowance === null ? null : units(allowance), used: units(used), reserved: units(reserved), remaining: allowance === null ? null : units(Math.max(0, allowance - used - reserved)) }
  })
}

/** What the next renewal would come to if nothing more were used, and the date it is for. */
export async function estimateNextInvoice(tx: BillingTransaction, history: History): Promise<Subscription['nextInvoice']> {
  const running = usagePeriods(history.stretches, history.today).at(-1)
  if (!running || closesAt(history, running) <= tx.at) return null
  // A trial of several months has nothing to bill before its end.
  const period = { ...running, to: stretchOn(history.stretches, history.today)?.trialEnds ?? running.to }
  const lines = await renewalLines(tx, history, period)
  if (lines.length === 0 && history.scheduled && !history.scheduled.stretch) return null
  const { totals } = await priced(tx, history.customer, lines)
  return { at: period.to, estimatedTotal: totals.total, currency: history.customer.currency }
}
