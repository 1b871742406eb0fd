import type { LocalizedText, Plan } from '@customer-portal/portal-api/contract'

type Charge = Plan['charges'][number]

/** The meters any of the plans charges for, in order of first appearance. */
export function metersOf(plans: readonly Plan[]): string[] {
  return [...new Set(plans.flatMap((plan) => plan.charges.map((charge) => charge.meter)))]
}

/** Every feature of the plans once, in order of first appearance. */
export function featuresOf(plans: readonly Plan[]): LocalizedText[] {
  const seen = new Map<string, LocalizedText>()
  for (const feature of plans.flatMap((plan) => plan.features))
    if (!seen.has(feature.en)) seen.set(feature.en, feature)
  return [...seen.values()]
}

/** The rate of the first units above the included amount, and whether later units have another. */
export function firstRate(charge: Charge): { amount: number; per: number; more: boolean } | undefined {
  if (charge.overage === 'block' || !charge.price) return undefined
  if (charge.price.model === 'per_unit') return { ...charge.price.rate, more: false }
  if (charge.price.model === 'package')
    return { amount: charge.price.amount, per: charge.price.size, more: false }
  // The meter counts minor units, so the rate is for ten thousand of them.
  if (charge.price.model === 'percentage')
    return { amount: charge.price.basisPoints, per: 10_000, more: charge.price.perEvent !== undefined }
  const [first] = charge.price.tiers
  return first && { ...first.rate, more: charge.price.tiers.length > 1 }
}
