import type { Plan } from '@customer-portal/portal-api/contract'
import { useFormat } from '../format/use-format.ts'
import { useTexts } from '../texts/index.ts'

/** A plan's name; a yearly plan also shows its interval, since the monthly one has the same name. */
export function usePlanName() {
  const { t } = useTexts()
  const { text } = useFormat()
  return (plan: Pick<Plan, 'name' | 'interval'>) =>
    plan.interval === 'year' ? t('subscription.byYear', { plan: text(plan.name) }) : text(plan.name)
}
