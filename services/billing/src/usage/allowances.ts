import type { BillingTransaction } from '../billing.ts'
import type { PlannedChange } from '../change.ts'
import { nextStretch, type History } from '../history.ts'
import type { Notice } from '../notices.ts'
import { unitsFrom } from '../rules/quantity.ts'
import { inChinese } from '../text.ts'
import { usagePeriods } from '../timeline.ts'
import { readUsage } from './deficit.ts'
import { heldToday } from './held.ts'
import { includedBy } from './rating.ts'

/** What a meter's allowance is in the current usage period, in units; null is unlimited. */
export interface Allowance {
  meter: string
  allowance: number | null
  used: number
  /** Used ahead in earlier periods: counts as used here. */
  deficit: number
  /** Held back by open reservations: whoever consumes now is granted no more than what remains. */
  reserved: number
  remaining: number | null
}

/** The allowances of the usage period that `history.today` falls in, of the plan of that date. */
export async function allowancesOf(tx: BillingTransaction, history: History): Promise<Allowance[]> {
  const period = usagePeriods(history.stretches, history.today).at(-1)!
  const known = await readUsage(tx, history, period)
  const held = await heldToday(tx, history)
  return known.meters(period).filter(({ charge }) => charge !== undefined).map(({ meter, allowance, used, carried }) => {
    const reserved = held.get(meter.key) ?? 0
    const units = (steps: number) => unitsFrom(steps, meter.decimals)
    return {
      meter: meter.key, allowance: allowance === null ? null : units(allowance), used: units(used), deficit: units(carried), reserved: units(reserved),
      remaining: allowance === null ? null : units(Math.max(0, allowance - used - carried - reserved)),
    }
  })
}

/** What remains of each allowance right after a change, as far as it is used now. People upgrade at the moment they run out. */
export async function allowancesAfter(tx: BillingTransaction, history: History, { from, to, at, when, direction }: PlannedChange): Promise<Allowance[]> {
  if (direction === 'same') return allowancesOf(tx, history)
  const next = nextStretch(from, { id: 'next', ...to, from: at, scheduled: when === 'period_end' })
  const stretches = [...history.stretches.map((one) => (one.to === null ? { ...one, to: at } : one)), next]
  return allowancesOf(tx, { ...history, stretches, today: at })
}

/** The allowances of which nothing is left right after a change, though its plan includes some. */
export function usedUp({ meters }: History, { to: { plan, seats } }: PlannedChange, after: readonly Allowance[]): Notice[] {
  return after.filter(({ remaining }) => remaining === 0).flatMap(({ meter: key, deficit }): Notice[] => {
    const charge = plan.charges.find((one) => one.meter === key)
    if (!charge || includedBy(charge, seats) === 0) return []
    const { name, unit } = meters.get(key)!
    const ahead = deficit > 0
      ? { 'zh-CN': `（含待抵扣用量 ${deficit.toLocaleString('en')} ${unit['zh-CN']}）`, en: ` (${deficit.toLocaleString('en')} ${unit.en} used ahead count)` } : { 'zh-CN': '', en: '' }
    const then = charge.overage === 'bill' ? { 'zh-CN': '继续使用将按量计费', en: 'further usage will be billed' } : { 'zh-CN': '本周期内无法继续使用', en: 'no more can be used this period' }
    return [{
      code: 'allowance_used_up',
      detail: {
        'zh-CN': `${inChinese(name, '')}：变更后可用量为 0${ahead['zh-CN']}，${then['zh-CN']}。`,
        en: `${name.en}: nothing of the allowance is left right after the change${ahead.en}; ${then.en}.`,
      },
    }]
  })
}
