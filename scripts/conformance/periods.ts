import type { Phase } from '../../services/billing/src/subscription/phase.ts'
import { monthsOf, type PlanInput } from '../../services/billing/src/catalogue/plan.ts'
import {
  addDays,
  addMonths,
  firstOfMonth,
  intersection,
  type DateRange,
  type LocalDate,
} from '../../services/billing/src/values/date.ts'
import { periodsUntil, type Period } from '../../services/billing/src/values/period.ts'
import { instantOf, type ZoneChange } from '../../services/billing/src/values/zone.ts'
import { billingPeriodAt, usagePeriods } from '../../services/billing/src/subscription/timeline.ts'
import { usedOn } from '../../services/billing/src/rating/rated-usage.ts'
import { has, objects, oneOf, text, textOr, texts, Unsupported, type Adapter, type Input } from './case.ts'
import { whole } from './decimal.ts'
import { dateAt, dateFrom, intervalOf, meterOf, phaseOf, planOf, stepsOf, zonesOf } from './subscription.ts'

export const periodAdapters: Record<string, Adapter> = {
  next_boundary(input) {
    const zones = zonesOf(input)
    const at = dateAt(input, 'current_period_start', zones)
    const period = periodOn(phaseIn(input, zones) ?? calendarPhase(input, at), at)
    return { digits: 0, values: { next_boundary: instantOf(zones, period.to) } }
  },

  period_at(input) {
    const zones = zonesOf(input)
    const at = dateAt(input, 'at', zones)
    // Calendar months are the same whenever a subscription started.
    const phase = phaseIn(input, zones) ?? calendarPhase(input, addMonths(firstOfMonth(at), -1), 1)
    const current = periodOn(phase, at)
    const which = oneOf(input, 'which', ['containing', 'last_completed'], 'containing')
    const { from, to } = which === 'containing' ? current : periodOn(phase, addDays(current.from, -1))
    return { digits: 0, values: { start: instantOf(zones, from), end: instantOf(zones, to) } }
  },

  sequence(input) {
    const zones = zonesOf(input)
    const phase = phaseIn(input, zones)
    if (!phase) throw new Unsupported('a sequence needs an anchor')
    const [first, count] = [whole(text(input, 'first_n'), 'first_n'), whole(text(input, 'count'), 'count')]
    if (first < 0) throw new Unsupported(beforeAnchor)
    const dates = [phase.from]
    while (dates.length < first + count) dates.push(periodOn(phase, dates.at(-1)!).to)
    return { digits: 0, values: { boundaries: dates.slice(first).map((date) => instantOf(zones, date)) } }
  },

  first_bill_date(input) {
    const phase = phaseOfBillDay(input)
    const period = billingPeriodAt(phase, phase.from)
    return {
      digits: 0,
      values: { first_bill_date: period.from === period.whole.from ? period.from : period.to },
    }
  },

  invoiced_periods(input) {
    return {
      digits: 0,
      values: { periods: billedIn(input).map(({ dates }) => ({ start: dates.from, end: dates.to })) },
    }
  },

  bucket_events(input) {
    const zones = zonesOf(input)
    oneOf(input, 'interval', ['month'])
    oneOf(input, 'alignment', ['calendar'])
    const phase = phaseOf(planOf({ alignment: 'calendar' }), dateAt(input, 'service_start', zones))
    const meter = meterOf(0)
    const days = objects(input, 'events').map((event) => ({
      meter: meter.key,
      date: dateAt(event, 'at', zones),
      quantity: stepsOf(textOr(event, 'quantity', '1'), meter),
      events: 1,
    }))
    const until = days.map((day) => day.date).reduce((last, date) => (date > last ? date : last), phase.from)
    const periods = usagePeriods([phase], until)
    const quantities = texts(input, 'months').map((month) => {
      const period = periods.find((one) => one.label === month)
      if (!period) throw new Unsupported(`months: no usage period is named ${month}`)
      return usedOn(days, meter, period)
    })
    return { digits: 0, values: { quantities } }
  },
}

const beforeAnchor = 'periods begin with the anchor: before it there is no subscription'

function periodOn(phase: Phase, date: LocalDate): Period {
  if (date < phase.from) throw new Unsupported(beforeAnchor)
  return billingPeriodAt(phase, date)
}

/** The subscription that started on the anchor; undefined when the case has none and uses the calendar. */
function phaseIn(input: Input, zones: readonly ZoneChange[]): Phase | undefined {
  const isCalendar = oneOf(input, 'alignment', ['anniversary', 'calendar'], 'anniversary') === 'calendar'
  if (has(input, 'anchor'))
    return isCalendar
      ? calendarPhase(input, dateAt(input, 'anchor', zones))
      : phaseOf(planOf(intervalOf(input)), dateFrom(input, 'anchor', zones))
  if (isCalendar) return undefined
  throw new Unsupported('periods that do not go by the calendar need an anchor')
}

/** A subscription by the calendar: months that begin on the 1st, counted from the one it starts in. */
function calendarPhase(input: Input, from: LocalDate, maxMonths = Infinity): Phase {
  oneOf(input, 'interval', ['month'])
  const plan = planOf({ ...intervalOf(input), alignment: 'calendar' })
  if (monthsOf(plan) > maxMonths)
    throw new Unsupported('several months of the calendar are counted from an anchor')
  return phaseOf(plan, from)
}

/** A fee that a case bills: the billed dates of a period. */
export interface Billed {
  phase: Phase
  dates: DateRange
  period: Period
}

/** What has been billed for periods begun by the target date, less the dates after the end. */
export function billedIn(input: Input, fee: PlanInput['fee'] = { amount: 0, per: 'subscription' }): Billed[] {
  const phase = phaseOfBillDay(input, fee)
  oneOf(input, 'billing', ['in_advance'], 'in_advance')
  const { anchor, alignment, plan, from } = phase
  const end = has(input, 'end_date') ? text(input, 'end_date') : null
  return periodsUntil(
    { anchor, alignment, months: monthsOf(plan) },
    addDays(text(input, 'target_date'), 1),
  ).flatMap((period) => {
    const dates = intersection(period, { from, to: end ?? period.to })
    return dates ? [{ phase, dates, period }] : []
  })
}

function phaseOfBillDay(input: Input, fee?: PlanInput['fee']): Phase {
  return phaseBilledOn(text(input, 'start_date'), whole(text(input, 'bill_cycle_day'), 'bill_cycle_day'), {
    ...intervalOf(input),
    ...(fee ? { fee } : {}),
  })
}

/** A subscription billed on a day of the month: that of its start, or the 1st. */
export function phaseBilledOn(start: LocalDate, day: number, plan: Partial<PlanInput>): Phase {
  const isStart = day === Number(start.slice(8))
  if (!isStart && day !== 1)
    throw new Unsupported('periods begin on the day of the month of the start, or on the 1st')
  return phaseOf(planOf({ ...plan, alignment: isStart ? 'anniversary' : 'calendar' }), start)
}
