import type { SubscriptionState } from '../subscription/state.ts'
import { signedSteps } from '../invoicing/document/billed.ts'
import type { InvoiceDocument } from '../invoicing/document/document.ts'
import type { Line } from '../invoicing/document/line.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { sum } from '../values/money.ts'
import { later, type DateRange } from '../values/date.ts'
import type { Period } from '../values/period.ts'
import { knownUsage } from '../rating/deficit.ts'
import { levelDates, sinceOf, usedOn, type DailyUsage, type RatedUsage } from '../rating/rated-usage.ts'

/**
 * Where a meter's usage of one period went, in steps: `accepted` from the events; `billed` and `adjusted`
 * from the lines of documents that are not void; `unbilled` waits for its invoice; `uncharged` never costs
 * anything: outside any phase, without a charge, or above a blocking limit. For meters that cannot be added
 * up, `accepted` is the sum of the values of its phases and the gaps between them. `voided` is in none of the
 * others. `difference` is the rest and must be 0.
 */
export interface MeterBalance {
  meter: Meter
  accepted: number
  billed: number
  adjusted: number
  unbilled: number
  uncharged: number
  voided: number
  difference: number
}

/** A document that billed usage or, by id, one that came to 0 and was not issued. */
export type BilledDocument = Pick<InvoiceDocument, 'number' | 'lines'>

/**
 * The inputs of a balance: `events` is aggregated from the events, `daily` is what the engine bills by,
 * `documents` excludes void ones.
 */
export interface UsageFacts {
  state: SubscriptionState
  events: readonly DailyUsage[]
  /** The same including voided events. */
  withVoided: readonly DailyUsage[]
  daily: readonly DailyUsage[]
  documents: readonly BilledDocument[]
}

/** Returns the balance of every meter that was used or billed in a period, or is in its plan. */
export function meterBalances(
  { state, events, withVoided, daily, documents }: UsageFacts,
  period: Period,
): MeterBalance[] {
  // A trial is never billed: its usage is uncharged.
  const rated = knownUsage(state, daily)
    .rated(period)
    .filter((usage) => !usage.phase.trial)
  const lines = documents
    .flatMap((document) => document.lines)
    .filter((line) => line.meter !== undefined && line.usagePeriod === period.from)
  const used = [...withVoided, ...daily].filter((day) => period.from <= day.date && day.date < period.to)
  const keys = new Set([
    ...rated.map((usage) => usage.meter.key),
    ...lines.map((line) => line.meter!),
    ...used.map((day) => day.meter),
  ])
  return [...keys].map((key) => {
    const meter = state.meters.get(key)!
    const charged = rated.filter((usage) => usage.meter.key === key)
    const parts = partsOf(
      charged,
      lines.filter((line) => line.meter === key),
      meter,
    )
    const phases = charged.map((usage) => usage.dates)
    const between = gapsIn(period, phases)
    const total = (usage: readonly DailyUsage[], ranges: readonly DateRange[]) =>
      sum(ranges.map((dates) => usedOn(usage, meter, dates)))
    const everything = [...charged.map((usage) => datesOfLine(state, usage, period)), ...between]
    const accepted = total(events, everything)
    const voided = total(withVoided, everything) - accepted
    const uncharged = parts.uncharged + total(daily, between)
    return {
      meter,
      accepted,
      billed: parts.billed,
      adjusted: parts.adjusted,
      unbilled: parts.unbilled,
      uncharged,
      voided,
      difference: accepted - parts.billed - parts.adjusted - parts.unbilled - uncharged,
    }
  })
}

/** Returns the dates whose usage a line counts; for a level, earlier ones too. */
function datesOfLine(
  state: SubscriptionState,
  { meter, dates, phase }: RatedUsage,
  period: Period,
): DateRange {
  return isAdditive(meter)
    ? dates
    : levelDates(meter, dates, { period, since: sinceOf(state.phases, phase.id) })
}

/**
 * Returns the dates of a period without a phase that charges. A level has one value per phase and one per
 * gap.
 */
function gapsIn(period: DateRange, phases: readonly DateRange[]): DateRange[] {
  const gaps: DateRange[] = []
  let { from } = period
  for (const phase of [...phases].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    if (from < phase.from) gaps.push({ from, to: phase.from })
    from = later(from, phase.to)
  }
  return from < period.to ? [...gaps, { from, to: period.to }] : gaps
}

interface Parts {
  billed: number
  adjusted: number
  unbilled: number
  uncharged: number
}

function partsOf(rated: readonly RatedUsage[], lines: readonly Line[], meter: Meter): Parts {
  const parts: Parts[] = rated.map((usage) =>
    partsOfPhase(
      usage,
      lines.filter((line) => line.phaseId === usage.phase.id),
    ),
  )
  // A line for a phase that never charged this meter billed usage nobody had.
  const stray = lines.filter((line) => !rated.some((usage) => usage.phase.id === line.phaseId))
  parts.push({
    billed: sum(stray.map((line) => signedSteps(line.quantity, meter.decimals))),
    adjusted: 0,
    unbilled: 0,
    uncharged: 0,
  })
  const total = (name: keyof Parts) => sum(parts.map((part) => part[name]))
  return {
    billed: total('billed'),
    adjusted: total('adjusted'),
    unbilled: total('unbilled'),
    uncharged: total('uncharged'),
  }
}

/** A line shows all usage of its dates; where the plan blocks, units above the allowance are not charged. */
function partsOfPhase({ used, uncharged, meter }: RatedUsage, lines: readonly Line[]): Parts {
  const chargeable = (quantity: number) => (uncharged > 0 ? Math.min(quantity, used - uncharged) : quantity)
  let counted = 0
  const billedBy = { usage: 0, adjustment: 0 }
  for (const line of lines) {
    const before = chargeable(counted)
    counted += signedSteps(line.quantity, meter.decimals)
    billedBy[line.kind === 'usage' ? 'usage' : 'adjustment'] += chargeable(counted) - before
  }
  return {
    billed: billedBy.usage,
    adjusted: billedBy.adjustment,
    unbilled: chargeable(used) - chargeable(counted),
    uncharged: used - chargeable(used),
  }
}
