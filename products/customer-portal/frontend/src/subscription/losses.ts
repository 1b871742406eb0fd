import type { LocalizedText, Plan } from '@customer-portal/portal-api/contract'

/** A meter of which a lower plan includes less: units a month, `null` is unlimited. */
export interface LessIncluded {
  meter: string
  now: number | null
  then: number
}

/** What moving from one plan to another takes away: allowances that shrink and features that go. */
export function lossesOf(from: Plan, to: Plan): { allowances: LessIncluded[]; features: LocalizedText[] } {
  const kept = new Set(to.features.map((feature) => feature.en))
  const allowances = from.charges.flatMap(({ meter, included: now }): LessIncluded[] => {
    const charge = to.charges.find((each) => each.meter === meter)
    const then = charge ? charge.included : 0
    if (then === null || (now !== null && then >= now)) return []
    return [{ meter, now, then }]
  })
  return { allowances, features: from.features.filter((feature) => !kept.has(feature.en)) }
}
