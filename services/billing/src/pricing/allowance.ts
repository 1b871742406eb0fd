import { daysBetween, type DateRange, type LocalDate } from '../values/date.ts'
import { wholeUnits, type Steps } from '../values/quantity.ts'

/**
 * A phase with what one meter's allowance needs of it in one usage period. `from` and `to` lie in the period;
 * a phase that changed on the day it started has no days.
 */
export interface AllowancePhase extends DateRange {
  /** Units for a whole month. Null: unlimited; undefined: the plan has no charge for the meter. */
  included: number | null | undefined
  /**
   * The end of its days once the period is over: later than `to` where the days cut off were not credited.
   */
  countsTo: LocalDate
  blocks: boolean
  /** Whether an upgrade with `onUpgrade: full` started it, which gives the whole allowance at once. */
  whole: boolean
  /**
   * For a phase without days that was cut on its date in the period before: how much that cut reduced the sum
   * there. Units.
   */
  lost?: number | undefined
}

/** The dates allowances are prorated over: from the period's first date to the end of its full month. */
export interface AllowanceGrid extends DateRange {
  days: number
}

/**
 * How much of a phase's usage was within the allowance, above it, and (above a blocking limit) uncharged.
 * Steps.
 */
export interface CountedPhase {
  within: Steps
  overage: Steps
  uncharged: Steps
  /** Units above the allowance that a grant covered: neither `overage` nor `uncharged`. */
  covered: Steps
  /** Allowance already used when the phase started. */
  placeBefore: Steps
  /** The largest allowance on its dates or at the end of the period; null: unlimited. */
  allowance: Steps | null
}

/** The usage of one meter in one period, on one counter. Steps. */
export interface CountedPeriod {
  /** In the order of the given phases. */
  phases: CountedPhase[]
  /** The total allowance as of now; null where the last phase has no limit or no charge. */
  allowance: Steps | null
  /** Units used beyond the final allowance; they count in later periods. */
  deficit: Steps
}

/** The units of one date that grants cover, asked with the room that the allowance leaves for them. */
export type CoverDay = (day: { date: LocalDate; quantity: Steps; room: Steps }) => Steps

/**
 * Returns the sum of allowances at the time of each phase, counting that phase to the end of the grid, and
 * the final sum as it applies to each phase, with the whole allowances given up to then. Exact; rounded down
 * to units once.
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
 * Returns how much the sum shrinks when its period is cut on `date`, a date of its last phase. Units granted
 * on that date are at most this plus what earlier days left. Units.
 */
export function lostByCut(phases: readonly AllowancePhase[], grid: AllowanceGrid, date: LocalDate): number {
  const stood = sumsOf(phases, grid).stood.at(-1)
  const cut = phases.map((phase, index) =>
    index < phases.length - 1 ? phase : { ...phase, to: date, countsTo: date },
  )
  return stood == null ? 0 : stood - sumsOf(cut, grid).atEnd.at(-1)!
}

/** Returns whether the sum of a period was ever larger than at its end: only then can usage exceed it. */
export function canRunAhead(phases: readonly AllowancePhase[], grid: AllowanceGrid): boolean {
  const { stood, atEnd } = sumsOf(phases, grid)
  return stood.some((sum) => sum !== null && sum > atEnd.at(-1)!)
}

/**
 * Counts one meter's days on the period's counter. `carried`, the deficit of earlier periods, counts as used.
 * A unit is above the allowance where its position in the period's use is above both the sum on its date and
 * the final sum. Where it would then cost nothing, the larger sum of a date on which a plan was left applies,
 * because the quota granted by it. Unlimited and uncharged usage uses none of the allowance, nor does what a
 * grant covered: `covered` of a day, or what `cover` answers.
 */
export function countPeriod({
  phases,
  grid,
  days,
  carried,
  decimals,
  cover,
}: {
  phases: readonly AllowancePhase[]
  grid: AllowanceGrid
  days: readonly { date: LocalDate; quantity: Steps; covered?: Steps }[]
  carried: Steps
  decimals: number
  cover?: CoverDay
}): CountedPeriod {
  const { stood, atEnd } = sumsOf(phases, grid)
  const steps = (units: number) => wholeUnits(units, decimals)
  let [place, used, within] = [carried, carried, carried]
  const counted = phases.map((phase, index): CountedPhase => {
    const { included, blocks } = phase
    // Units above the allowance before a whole one was given stay above it and count as used.
    if (phase.whole && used > place) place = used
    const allowance = typeof included === 'number' ? steps(Math.max(stood[index]!, atEnd[index]!)) : null
    const one: CountedPhase = {
      within: 0,
      overage: 0,
      uncharged: 0,
      covered: 0,
      placeBefore: place,
      allowance,
    }
    // Unlimited usage is not counted.
    if (included === null) return one
    for (const day of days.filter(({ date }) => phase.from <= date && date < phase.to)) {
      const { date } = day
      const isBilled = included !== undefined && !blocks
      const granted = isBilled ? stood[index]! : largestSumOn(phases, stood, date, index)
      const limit = steps(included === undefined ? granted : Math.max(granted, atEnd[index]!))
      const free = Math.max(0, limit - place)
      const covered =
        day.covered ?? cover?.({ date, quantity: day.quantity, room: Math.min(day.quantity, free) }) ?? 0
      const quantity = day.quantity - covered
      const room = Math.min(quantity, free)
      const above = quantity - room
      const billed = isBilled ? above : 0
      within += room
      place += room + billed
      used += included === undefined ? room : quantity
      // Without a charge now, the unit may have been granted by the plan left on that date.
      one.within += included === undefined ? 0 : room
      one.overage += billed
      one.covered += covered
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
 * Returns the largest sum on a date: that of its phase, of one that started and ended on it, and of the one
 * left on it.
 */
function largestSumOn(
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
