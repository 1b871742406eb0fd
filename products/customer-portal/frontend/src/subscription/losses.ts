import type { LocalizedText, Plan } from '@customer-portal/portal-api/contract'

/** A meter of which a lower plan includes less: units per month, `null` is unlimited. */
export interface LessIncluded {
  meter: string
  now: number | null
  then: number
}

/** What is lost by a change from one plan to another: smaller allowances and missing features. */
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
