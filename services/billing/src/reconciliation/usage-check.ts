import type { SubscriptionState } from '../subscription/state.ts'
import { isAdditive, type Meter } from '../catalogue/meter.ts'
import { signedSteps } from '../invoicing/document/billed.ts'
import type { Line } from '../invoicing/document/line.ts'
import { later, type LocalDate } from '../values/date.ts'
import { unitsFrom } from '../values/quantity.ts'
import { usagePeriods } from '../subscription/timeline.ts'
import { levelDates, sinceOf, usedOn, type DailyUsage } from '../rating/rated-usage.ts'
import type { RecountedUsage } from './recount.ts'
import { meterBalances, type BilledDocument, type UsageFacts } from './meter-balance.ts'

interface Broken {
  what: string
  row: string
}

/** Returns the days whose stored sum differs from their events. */
export function dayMistakes(events: readonly DailyUsage[], daily: readonly DailyUsage[]): Broken[] {
  const key = (day: DailyUsage) => `${day.meter} on ${day.date}`
  const cached = new Map(daily.map((day) => [key(day), day]))
  const counted = new Map(events.map((day) => [key(day), day]))
  const none: Pick<DailyUsage, 'quantity' | 'events' | 'seen'> = { quantity: 0, events: 0 }
  const values = ({ seen = [] }: Pick<DailyUsage, 'seen'>) =>
    seen.reduce((total, one) => total + one.values, 0)
  return [...new Set([...cached.keys(), ...counted.keys()])].flatMap((name) => {
    const [day, recounted] = [cached.get(name) ?? none, counted.get(name) ?? none]
    if (
      day.quantity === recounted.quantity
      && day.events === recounted.events
      && values(day) === values(recounted)
    )
      return []
    return [
      {
        what: 'a day that differs from its events',
        row:
          `${name}: ${day.quantity} steps of ${day.events} events, its events say ${recounted.quantity} of `
          + `${recounted.events}${values(day) === values(recounted) ? '' : ` (${values(day)} values are kept)`}`,
      },
    ]
  })
}

/**
 * Returns the meters and periods whose usage is not fully billed, adjusted, unbilled or uncharged, and lines
 * for periods that never existed.
 */
export function balanceMistakes(facts: UsageFacts): Broken[] {
  const periods = usagePeriods(facts.state.phases, facts.state.today)
  const broken = periods.flatMap((period) =>
    meterBalances(facts, period)
      // Voided usage of what is billed waits to be credited.
      .filter(
        (balance) =>
          balance.difference !== 0
          || (balance.unbilled + balance.voided < 0 && balance.meter.aggregation !== 'last'),
      )
      .map(({ meter, ...one }) => ({
        what: 'usage that does not add up',
        row:
          `${meter.key} in ${period.label}: accepted ${one.accepted}, billed ${one.billed}, `
          + `adjusted ${one.adjusted}, unbilled ${one.unbilled}, uncharged ${one.uncharged}, `
          + `difference ${one.difference} (steps)`,
      })),
  )
  const lines = facts.documents.flatMap((document) =>
    document.lines.flatMap((line) =>
      line.usagePeriod === undefined ? [] : [{ document, line, from: line.usagePeriod }],
    ),
  )
  // A clock that was set back may be before what was billed.
  const latest = lines.reduce((date, { from }) => later(date, from), facts.state.today)
  const known = new Set(usagePeriods(facts.state.phases, latest).map((period) => period.from))
  const stray = lines
    .filter(({ from }) => !known.has(from))
    .map(({ document, line, from }) => ({
      what: 'a line for a period there never was',
      row: `${document.number} ${line.id}, ${from}`,
    }))
  return [...broken, ...stray]
}

/**
 * Returns the lines that billed other usage than their events: a line's quantity, and what it says was billed
 * before, equal what was stored when it was made. Under a standing clock, what was stored at that exact
 * instant may be counted or not. Before `keptFrom` the events are gone.
 */
export function lineMistakes(
  document: BilledDocument,
  counted: RecountedUsage,
  { meters, phases }: Pick<SubscriptionState, 'meters' | 'phases'>,
  keptFrom: LocalDate | null,
): Broken[] {
  return document.lines.flatMap((line) => {
    if (
      line.meter === undefined
      || line.counted === undefined
      || (keptFrom !== null && line.period.start < keptFrom)
    )
      return []
    const meter = meters.get(line.meter)!
    const own = { from: line.period.start, to: line.period.end }
    const dates = isAdditive(meter)
      ? own
      : levelDates(meter, own, {
          period: { ...own, from: line.usagePeriod! },
          since: sinceOf(phases, line.phaseId),
        })
    // The events of earlier usage may be gone.
    if (keptFrom !== null && dates.from < keptFrom) return []
    const stated = signedSteps(line.quantity, meter.decimals) + billedBefore(line, meter)
    const [without, most] = [false, true].map((including) =>
      usedOn(counted.storedBy(line.counted!.until, including), meter, dates),
    ) as [number, number]
    if (Math.min(without, most) <= stated && stated <= Math.max(without, most)) return []
    return [
      {
        what: 'a line that differs from its events',
        row:
          `${document.number} ${line.id}: ${unitsFrom(stated, meter.decimals)} ${meter.key}, `
          + `its events say ${unitsFrom(most, meter.decimals)}`,
      },
    ]
  })
}

/** An adjustment's breakdown ends with what was billed before and the part of it that is not given back. */
function billedBefore(line: Line, meter: Meter): number {
  const last = line.breakdown.findLast((part) => part.kind !== 'taken_off')
  return line.kind === 'adjustment' && last && last.rate === null
    ? -signedSteps(last.quantity, meter.decimals)
    : 0
}

/** Returns the instants at which documents counted usage. */
export function momentsOf(documents: readonly BilledDocument[]): string[] {
  return documents.flatMap((document) => document.lines).flatMap((line) => line.counted?.until ?? [])
}

/**
 * Returns the days whose break-down by a property does not add up. `groups` are those of one customer,
 * including `property`; `unfilled` break-downs (`meter property`) need not add up yet.
 */
export function groupMistakes(
  groups: readonly { meter: string; property: string; date: LocalDate; quantity: number; events: number }[],
  daily: readonly DailyUsage[],
  meters: ReadonlyMap<string, Meter>,
  unfilled: ReadonlySet<string> = new Set(),
): Broken[] {
  const grouped = new Map(
    groups
      .filter((group) => !unfilled.has(`${group.meter} ${group.property}`))
      .map((group) => [`${group.meter} by ${group.property} on ${group.date}`, group]),
  )
  const expected = daily.flatMap((day) =>
    (meters.get(day.meter)!.groupBy ?? [])
      .filter((property) => !unfilled.has(`${day.meter} ${property}`))
      .map((property): [string, DailyUsage] => [`${day.meter} by ${property} on ${day.date}`, day]),
  )
  const none = { quantity: 0, events: 0 }
  const days = new Map(expected)
  return [...new Set([...grouped.keys(), ...days.keys()])].flatMap((key) => {
    const [group, day] = [grouped.get(key) ?? none, days.get(key) ?? none]
    if (group.quantity === day.quantity && group.events === day.events) return []
    return [
      {
        what: 'a break-down that does not add up to its day',
        row:
          `${key}: ${group.quantity} steps of ${group.events} events, `
          + `the day has ${day.quantity} of ${day.events}`,
      },
    ]
  })
}
