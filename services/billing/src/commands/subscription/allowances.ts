import type { BillingTransaction } from '../../engine.ts'
import { beginsGrid, endedPeriod, type PlannedChange } from './planned-change.ts'
import type { SubscriptionState } from '../../subscription/state.ts'
import type { Meter } from '../../catalogue/meter.ts'
import type { LocalDate } from '../../values/date.ts'
import type { LabelledPeriod } from '../../values/period.ts'
import { unitsFrom } from '../../values/quantity.ts'
import { inChinese, type Notice } from '../../values/localized-text.ts'
import { usagePeriods } from '../../subscription/timeline.ts'
import { mayCarry, readUsage } from '../../rating/deficit.ts'
import { grantedToday, reservedToday } from '../../quota/reserved.ts'
import { includedBy } from '../../rating/rated-usage.ts'
import { nextPhase } from '../../subscription/schedule.ts'

/** The allowance of a meter in the current usage period, in units; null is unlimited. */
export interface Allowance {
  meter: string
  allowance: number | null
  /** What grants add: what they cover of `used` and `reserved`, and what they have left. */
  granted: number
  used: number
  /** The deficit of earlier periods, which counts as used here. */
  deficit: number
  /** Reserved by open reservations: other consumers get at most `remaining`. */
  reserved: number
  remaining: number | null
  /**
   * Usage above the period's allowance that is not billed: it counts in later periods if nothing more is used
   * in this one.
   */
  deficitAfter: number
}

/** Returns the allowances of the usage period of `state.today`, by the plan on that date. */
export async function allowancesOf(tx: BillingTransaction, state: SubscriptionState): Promise<Allowance[]> {
  const period = usagePeriods(state.phases, state.today).at(-1)!
  const known = await readUsage(tx, state, period)
  const reservedSteps = await reservedToday(tx, state)
  const carriedOut = known.carriedOutOf(period)
  const granted = await grantedToday(tx, state)
  return known
    .meters(period)
    .filter(({ charge }) => charge !== undefined)
    .map(({ meter, allowance, used, carried }) => {
      const reserved = reservedSteps.get(meter.key) ?? 0
      const units = (steps: number) => unitsFrom(steps, meter.decimals)
      return {
        meter: meter.key,
        allowance: allowance === null ? null : units(allowance),
        granted: units(granted.get(meter.key) ?? 0),
        used: units(used),
        deficit: units(carried),
        reserved: units(reserved),
        remaining:
          allowance === null
            ? null
            : units(Math.max(0, allowance + (granted.get(meter.key) ?? 0) - used - carried - reserved)),
        deficitAfter: units(carriedOut.get(meter.key) ?? 0),
      }
    })
}

/**
 * Returns what remains of each allowance right after a change, by the usage so far. Customers upgrade when
 * they run out, so the preview shows it.
 */
export async function allowancesAfter(
  tx: BillingTransaction,
  state: SubscriptionState,
  change: PlannedChange,
): Promise<Allowance[]> {
  return allowancesOf(tx, change.direction === 'same' ? state : historyAfter(state, change))
}

/** Returns the state after a change, as of the date it happens. */
function historyAfter(state: SubscriptionState, { from, to, at, when }: PlannedChange): SubscriptionState {
  const next = nextPhase(from, { id: 'next', ...to, from: at, scheduled: when === 'period_end' })
  const ended = state.phases.map((phase) => (phase.to === null ? { ...phase, to: at } : phase))
  return { ...state, today: at, phases: [...ended, next] }
}

/**
 * Returns a notice for each meter whose usage exceeds what an immediate change leaves. Where the change ends
 * the usage period, the deficit is what that period leaves or, if larger, what the usage of this date adds in
 * the new one. A scheduled change reduces no allowance.
 */
export async function deficitsOfChange(
  tx: BillingTransaction,
  state: SubscriptionState,
  change: PlannedChange,
): Promise<Notice[]> {
  if (change.direction === 'same' || change.when !== 'now') return []
  const after = historyAfter(state, change)
  const { phases, today } = after
  const ended = beginsGrid(change.from, phases.at(-1)!) ? endedPeriod(phases, today) : undefined
  return deficitsOf(tx, after, [...(ended ? [ended] : []), usagePeriods(phases, today).at(-1)!])
}

/** Like `deficitsOfChange`, for an ending on a date that the state includes. */
export async function deficitsOfEnding(
  tx: BillingTransaction,
  state: SubscriptionState,
  date: LocalDate,
): Promise<Notice[]> {
  return deficitsOf(tx, state, usagePeriods(state.phases, date).slice(-1))
}

/** Returns the largest deficit per meter that consecutive periods leave. */
async function deficitsOf(
  tx: BillingTransaction,
  state: SubscriptionState,
  periods: readonly LabelledPeriod[],
): Promise<Notice[]> {
  const [from, to] = [periods[0]!.from, periods.at(-1)!.to]
  // Most changes reduce no allowance, which is known without reading usage.
  if (!mayCarry(state, { from: to })) return []
  const known = await readUsage(tx, state, { from, to })
  const left = periods.map((period) => known.carriedOutOf(period))
  return [...state.meters.values()].flatMap((meter): Notice[] => {
    const steps = Math.max(...left.map((deficits) => deficits.get(meter.key) ?? 0))
    return steps === 0 ? [] : [deficitNotice(meter, unitsFrom(steps, meter.decimals))]
  })
}

function deficitNotice({ name, unit, decimals }: Meter, units: number): Notice {
  const quantity = units.toLocaleString('en', { maximumFractionDigits: decimals })
  const counted = units === 1 ? (unit.one ?? unit.en) : unit.en
  return {
    code: 'allowance_deficit',
    detail: {
      'zh-CN': `${inChinese(name, '')}：本周期用量超出可用量 ${quantity} ${unit['zh-CN']}，记为待抵扣用量，计入后续周期。`,
      en: `${name.en}: ${quantity} ${counted} used beyond what the period allows will count in your next periods.`,
    },
  }
}

/** Returns the allowances with nothing left right after a change, though the plan includes some. */
export function usedUp(
  { meters }: SubscriptionState,
  { to: { plan, seats } }: PlannedChange,
  after: readonly Allowance[],
): Notice[] {
  return after
    .filter(({ remaining }) => remaining === 0)
    .flatMap(({ meter: key, deficit }): Notice[] => {
      const charge = plan.charges.find((one) => one.meter === key)
      if (!charge || includedBy(charge, seats) === 0) return []
      const { name, unit } = meters.get(key)!
      const ahead =
        deficit > 0
          ? {
              'zh-CN': `（含待抵扣用量 ${deficit.toLocaleString('en')} ${unit['zh-CN']}）`,
              en: ` (${deficit.toLocaleString('en')} ${unit.en} used ahead count)`,
            }
          : { 'zh-CN': '', en: '' }
      const then =
        charge.overage === 'bill'
          ? { 'zh-CN': '继续使用将按量计费', en: 'further usage will be billed' }
          : { 'zh-CN': '本周期内无法继续使用', en: 'no more can be used this period' }
      return [
        {
          code: 'allowance_used_up',
          detail: {
            'zh-CN': `${inChinese(name, '')}：变更后可用量为 0${ahead['zh-CN']}，${then['zh-CN']}。`,
            en: `${name.en}: nothing of the allowance is left right after the change${ahead.en}; ${then.en}.`,
          },
        },
      ]
    })
}
