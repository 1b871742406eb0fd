import type { BillingTransaction } from './billing.ts'
import { BillingError } from './failure.ts'
import { nextStretch, stretchOn, type History, type Stretch } from './history.ts'
import { creditsFrom } from './invoice/billed.ts'
import { feeLine, type LineDraft } from './invoice/line.ts'
import { priced } from './invoice/priced.ts'
import { feeOf, getPlan, monthsOf, type Plan } from './plan.ts'
import type { Totals } from './rules/invoicing.ts'
import { renewalLines } from './invoice/renewal.ts'
import type { LocalDate } from './rules/date.ts'
import type { LabelledPeriod, Period } from './rules/period.ts'
import { unitsFrom, wholeUnits } from './rules/quantity.ts'
import { inChinese, type LocalizedText } from './text.ts'
import { feePeriodAt, usagePeriods } from './timeline.ts'
import { dailyUsage, usedOn } from './usage/rating.ts'

/** Which way a change goes decides when it happens: up now, down at the end of the fee period, level now and without money. */
export type Direction = 'up' | 'down' | 'level' | 'same'

/** A change of plan, computed but not made. `totals` is what the invoice would say. In a trial it happens without money. */
export interface PlannedChange {
  from: Stretch
  to: { plan: Plan; seats: number }
  direction: Direction
  feePeriod: Period
  lines: LineDraft[]
  totals: Totals
}

/** Something a customer must know before a change, in both languages, with the numbers. */
export interface Notice {
  code: string
  detail: LocalizedText
}

/** Computes a change from what is known now. Preview and execution share it, so they cannot disagree. */
export async function planChange(tx: BillingTransaction, history: History, asked: { planId: string; planVersion?: number; seats?: number }): Promise<PlannedChange> {
  const from = stretchOn(history.stretches, history.today)
  const { customerId, currency } = history.customer
  if (!from) throw new BillingError('no_active_subscription', { message: `customer '${customerId}' has no active subscription to change` })
  const plan = await planAskedFor(tx, from.plan, asked)
  if (plan.archived && plan.id !== from.plan.id) throw new BillingError('plan_archived', { pointer: '/planId', planId: plan.id, message: `plan '${plan.id}' takes nobody new` })
  if (plan.currency !== currency) throw new BillingError('currency_mismatch', { pointer: '/planId', currency: plan.currency, message: `plan '${plan.id}' is in ${plan.currency}, the account is in ${currency}` })
  const kept = Math.max(from.seats, plan.seats.min)
  // Seats the lower plan has no room for are told about, not refused: the customer may choose fewer.
  const tooMany = asked.seats === undefined && plan.seats.max !== null && kept > plan.seats.max && directionOf(from, { plan, seats: kept }) === 'down'
  const seats = tooMany ? kept : seatsFor(plan, asked.seats, from.seats)
  const direction = directionOf(from, { plan, seats })
  const feePeriod = feePeriodAt(from, history.today)
  if ((direction === 'up' || direction === 'level') && !from.trialEnds && monthsOf(plan) !== monthsOf(from.plan)) {
    const interval = await intervalChange(tx, history, from, { plan, seats })
    return { from, to: { plan, seats }, direction, ...interval, ...await priced(tx, history.customer, interval.lines) }
  }
  const lines = direction === 'up' && !from.trialEnds ? await changeLines(tx, history, from, { plan, seats }, feePeriod) : []
  return { from, to: { plan, seats }, direction, feePeriod, ...await priced(tx, history.customer, lines) }
}

/** Their own plan is theirs in the version they have, until they are moved to another; of any other plan it is the newest. */
async function planAskedFor(tx: BillingTransaction, current: Plan, { planId, planVersion }: { planId: string; planVersion?: number }): Promise<Plan> {
  if (planVersion !== undefined) return getPlan(tx, { planId, version: planVersion })
  return planId === current.id ? current : getPlan(tx, { planId })
}

/**
 * Another interval begins a fee period of its own, billed in full, and ends the usage period: its usage is billed with it, as a
 * renewal would.
 */
async function intervalChange(tx: BillingTransaction, history: History, from: Stretch, to: { plan: Plan; seats: number }): Promise<Pick<PlannedChange, 'feePeriod' | 'lines'>> {
  const { today } = history
  const next = nextStretch(from, { id: '', ...to, from: today, scheduled: false })
  const feePeriod = feePeriodAt(next, today)
  const fee = feeLine(next, feePeriod, feePeriod)
  const credits = await creditsFrom(tx, history.customer.customerId, history.stretches, today)
  const after = { ...history, scheduled: null, stretches: [...history.stretches.map((one) => (one.to === null ? { ...one, to: today } : one)), next] }
  const ended = endedPeriod(after.stretches, today)
  return { feePeriod, lines: [...credits, ...(fee.amount === 0 ? [] : [fee]), ...(ended ? await renewalLines(tx, after, ended) : [])] }
}

/** The usage period that a change of interval on `date` has cut short there, unless it began a period anyway. */
export function endedPeriod(stretches: readonly Stretch[], date: LocalDate): LabelledPeriod | undefined {
  const period = usagePeriods(stretches, date).findLast((one) => one.to === date)
  return period && period.to < period.whole.to ? period : undefined
}

async function changeLines(tx: BillingTransaction, history: History, from: Stretch, to: { plan: Plan; seats: number }, feePeriod: Period): Promise<LineDraft[]> {
  const credits = await creditsFrom(tx, history.customer.customerId, history.stretches, history.today)
  const fee = feeLine({ id: '', ...to }, { from: history.today, to: feePeriod.to }, feePeriod)
  return fee.amount === 0 ? credits : [...credits, fee]
}

/** What stands in the way of a downgrade. */
export function blockersOf({ scheduled }: History, { direction, to: { plan, seats } }: PlannedChange): Notice[] {
  if (direction !== 'down') return []
  const blockers = tooManySeats(plan, seats)
  if (scheduled && !scheduled.stretch) {
    blockers.push({ code: 'canceling', detail: { 'zh-CN': `订阅将于 ${scheduled.at} 到期，请先恢复订阅。`, en: `The subscription ends on ${scheduled.at}. Resume it first.` } })
  }
  return blockers
}

/** What is told where a plan has no room for so many seats. */
export function tooManySeats({ name, seats: { max } }: Plan, seats: number): Notice[] {
  if (max === null || seats <= max) return []
  return [{ code: 'seats', detail: { 'zh-CN': `当前有 ${seats} 个席位，${inChinese(name, `最多 ${max} 个`)}，请先减少席位。`, en: `You have ${seats} seats; ${name.en} allows at most ${max}. Choose fewer seats first.` } }]
}

/** What a downgrade leaves less room for than was used in this usage period: it does not stand in the way. */
export async function warningsOf(tx: BillingTransaction, history: History, { direction, from, to: { plan } }: PlannedChange): Promise<Notice[]> {
  if (direction !== 'down') return []
  const period = usagePeriods(history.stretches, history.today).at(-1)!
  const usage = await dailyUsage(tx, history.customer.customerId, period)
  return from.plan.charges.flatMap(({ meter: key }): Notice[] => {
    const meter = history.meters.get(key)!
    const used = usedOn(usage, meter, period)
    const charge = plan.charges.find((one) => one.meter === key)
    if (used === 0 || charge?.included === null) return []
    const included = charge?.included ?? 0
    if (used <= wholeUnits(included, meter.decimals)) return []
    const [zh, en] = [(units: number) => `${units.toLocaleString('en')} ${meter.unit['zh-CN']}`, (units: number) => `${units.toLocaleString('en')} ${meter.unit.en}`]
    const units = unitsFrom(used, meter.decimals)
    const after: LocalizedText = charge?.overage === 'bill' ? { 'zh-CN': '超出部分将按量计费', en: 'the rest will be billed' } : { 'zh-CN': '用完即止', en: 'it will stop there' }
    return [{
      code: 'usage',
      detail: {
        'zh-CN': `${meter.name['zh-CN']}：本周期已用 ${zh(units)}，${inChinese(plan.name, `每月包含 ${zh(included)}`)}，${after['zh-CN']}。`,
        en: `${meter.name.en}: ${en(units)} used this period; ${plan.name.en} includes ${en(included)} a month, ${after.en}.`,
      },
    }]
  })
}

/** The seats of the new stretch: those asked for, or as many as now, brought up to the plan's minimum. */
export function seatsFor(plan: Plan, asked: number | undefined, current: number): number {
  const seats = asked ?? Math.max(current, plan.seats.min)
  const { min, max } = plan.seats
  if (seats < min || (max !== null && seats > max)) {
    throw new BillingError('seats_out_of_range', { pointer: '/seats', seats, min, max, message: `plan '${plan.id}' has ${min} to ${max ?? 'any number of'} seats, not ${seats}` })
  }
  return seats
}

/** Rank decides, then the fee for the seats over a year, then the seats. */
export function directionOf(from: { plan: Plan; seats: number }, to: { plan: Plan; seats: number }): Direction {
  if (from.plan.id === to.plan.id && from.plan.version === to.plan.version && from.seats === to.seats) return 'same'
  const perYear = ({ plan, seats }: { plan: Plan; seats: number }, other: { plan: Plan }) => BigInt(feeOf(plan, seats)) * BigInt(monthsOf(other.plan))
  const difference = to.plan.rank - from.plan.rank || compare(perYear(to, from), perYear(from, to)) || to.seats - from.seats
  return difference > 0 ? 'up' : difference < 0 ? 'down' : 'level'
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
