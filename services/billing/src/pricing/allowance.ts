import { daysBetween, type DateRange, type LocalDate } from '../values/date.ts'
import { wholeUnits, type Steps } from '../values/quantity.ts'

/**
 * A phase as the allowance of one meter in one usage period sees it. `from` and `to` lie within the period; a
 * phase that was changed again on the day it began has no days.
 */
export interface AllowancePhase extends DateRange {
  /** Units for a whole month; null: unlimited, undefined: the plan does not charge the meter. */
  included: number | null | undefined
  /**
   * Until when its days count, once the period is over: later than `to` where what it was cut short by was
   * not given back.
   */
  countsTo: LocalDate
  blocks: boolean
  /** Whether a change of plan began it that gives the whole allowance at once. */
  whole: boolean
  /**
   * Of a phase of no days that was cut on its date, with the period before: what the sum there came to less
   * by that. Units.
   */
  lost?: number | undefined
}

/**
 * The dates allowances are shares of: from the period's first date to the end of its month, of as many days
 * as that month has.
 */
export interface AllowanceGrid extends DateRange {
  days: number
}

/**
 * What of a phase's usage lay within the allowance, above it, and (above a limit that blocks) is not charged.
 * Steps.
 */
export interface CountedPhase {
  within: Steps
  overage: Steps
  uncharged: Steps
  /** What of the period's allowance had been used when the phase began. */
  placeBefore: Steps
  /** The most the allowance was on its dates, or is at the end; null where there is no limit. */
  allowance: Steps | null
}

/** One meter's usage of one period, counted on its one counter. Steps. */
export interface CountedPeriod {
  /** In the order of the phases given. */
  phases: CountedPhase[]
  /**
   * What could be used in all, as it stands; null where the last phase has no limit (or does not charge the
   * meter).
   */
  allowance: Steps | null
  /** What was used of it beyond what it came to in the end, and counts in the periods after. */
  deficit: Steps
}

/**
 * The sum of the allowance as it stood in each phase, counting that one to the end of the grid; and at the
 * end, for the usage of each phase: with the whole allowances given up to it. Exact, in units rounded down
 * once.
 */
function sumsOf(
  phases: readonly AllowancePhase[],
  grid: AllowanceGrid,
): { stood: (number | null)[]; atEnd: number[] } {
  const share = (included: number, from: LocalDate, to: LocalDate) =>
    BigInt(included) * BigInt(Math.max(0, daysBetween(from, to)))
  const units = (sum: bigint) => Number(sum / BigInt(grid.days))
  const sumUpTo = (last: number, wholesUpTo: number, end: LocalDate): bigint => {
    let sum = 0n
    for (const [index, { from, to, included, whole }] of phases.slice(0, last + 1).entries()) {
      if (whole && index <= wholesUpTo && typeof included === 'number') {
        const asIfEver = share(included, grid.from, from)
        if (asIfEver > sum) sum = asIfEver
      }
      if (typeof included === 'number') sum += share(included, from, index === last ? end : to)
    }
    return sum
  }
  const last = phases.length - 1
  return {
    stood: phases.map(({ included, lost }, index) =>
      typeof included === 'number' ? (lost ?? units(sumUpTo(index, index, grid.to))) : null,
    ),
    atEnd: phases.map((_, index) => (last < 0 ? 0 : units(sumUpTo(last, index, phases[last]!.countsTo)))),
  }
}

/**
 * What a sum that stood comes to less where its period is cut on `date`, a date of its last phase. What was
 * granted on that date is at most this, and what the days before had left. Units.
 */
export function lostByCut(phases: readonly AllowancePhase[], grid: AllowanceGrid, date: LocalDate): number {
  const stood = sumsOf(phases, grid).stood.at(-1)
  const cut = phases.map((phase, index) =>
    index < phases.length - 1 ? phase : { ...phase, to: date, countsTo: date },
  )
  return stood == null ? 0 : stood - sumsOf(cut, grid).atEnd.at(-1)!
}

/**
 * Whether some sum that stood in a period is above what it came to at its end: only then can usage have run
 * ahead of it.
 */
export function canRunAhead(phases: readonly AllowancePhase[], grid: AllowanceGrid): boolean {
  const { stood, atEnd } = sumsOf(phases, grid)
  return stood.some((sum) => sum !== null && sum > atEnd.at(-1)!)
}

/**
 * Counts one meter's days on the period's one counter. `carried` is the deficit of periods before: it counts
 * as used. A unit is above the allowance where its place in the period's use is above the sum as it stood on
 * its date and above the sum at the end. Where it would then cost nothing, the larger sum of a date on which
 * a plan was left counts: by that it was granted. Usage without a limit, and what is not charged, use nothing
 * of the allowance.
 */
export function countPeriod({
  phases,
  grid,
  days,
  carried,
  decimals,
}: {
  phases: readonly AllowancePhase[]
  grid: AllowanceGrid
  days: readonly { date: LocalDate; quantity: Steps }[]
  carried: Steps
  decimals: number
}): CountedPeriod {
  const { stood, atEnd } = sumsOf(phases, grid)
  const steps = (units: number) => wholeUnits(units, decimals)
  let [place, used, within] = [carried, carried, carried]
  const counted = phases.map((phase, index): CountedPhase => {
    const { included, blocks } = phase
    // What was above the allowance before a whole one was given stays above it, and is used.
    if (phase.whole && used > place) place = used
    const allowance = typeof included === 'number' ? steps(Math.max(stood[index]!, atEnd[index]!)) : null
    const one: CountedPhase = { within: 0, overage: 0, uncharged: 0, placeBefore: place, allowance }
    // Without a limit nothing is counted.
    if (included === null) return one
    for (const { date, quantity } of days.filter((day) => phase.from <= day.date && day.date < phase.to)) {
      const isBilled = included !== undefined && !blocks
      const granted = isBilled ? stood[index]! : mostOn(phases, stood, date, index)
      const limit = steps(included === undefined ? granted : Math.max(granted, atEnd[index]!))
      const room = Math.min(quantity, Math.max(0, limit - place))
      const above = quantity - room
      const billed = isBilled ? above : 0
      within += room
      place += room + billed
      used += included === undefined ? room : quantity
      // Where the plan does not charge the meter, it may still be what the plan left on that date had
      // granted.
      one.within += included === undefined ? 0 : room
      one.overage += billed
      one.uncharged += included === undefined ? quantity : above - billed
    }
    return one
  })
  const last = phases.at(-1)
  return {
    phases: counted,
    allowance: typeof last?.included === 'number' ? steps(atEnd.at(-1)!) : null,
    deficit: phases.some(({ included }) => typeof included === 'number')
      ? Math.max(0, within - steps(atEnd.at(-1)!))
      : carried,
  }
}

/**
 * The largest sum that stood at some time of a date: that of its phase, of one that began and ended on it,
 * and of the one left on it.
 */
function mostOn(
  phases: readonly AllowancePhase[],
  stood: readonly (number | null)[],
  date: LocalDate,
  index: number,
): number {
  return phases.reduce((most, { from, to }, other) => {
    const sum = stood[other]!
    const wasThere = other === index || (other < index && to === date && from <= date)
    return wasThere && sum !== null && sum > most ? sum : most
  }, 0)
}
