import type { Subscription } from '@customer-portal/portal-api/contract'
import { useFormat } from '../format/use-format.ts'
import { usePlans } from '../queries.ts'
import { useTexts } from '../texts/index.ts'
import { nextStepOf } from './next-step.ts'
import { usePlanName } from './use-plan-name.ts'

const words = {
  overview: {
    ends: 'overview.ends',
    changes: 'overview.scheduled',
    trial: 'overview.trialLeft',
    renews: 'overview.renews',
  },
  subscription: {
    ends: 'subscription.ends',
    changes: 'subscription.scheduled',
    trial: 'subscription.trialLeft',
    renews: 'subscription.renews',
  },
} as const

/**
 * A subscription's next step in a few words: its end, another plan, the end of its trial, or its renewal; for
 * the overview or the subscription's subtitle.
 */
export function useNextStep(where: 'overview' | 'subscription') {
  const { t } = useTexts()
  const { date, dateOf, days } = useFormat()
  const plans = usePlans()
  const planName = usePlanName()
  return (subscription: Subscription): string => {
    const next = nextStepOf(subscription)
    if (!next) return ''
    const said = words[where][next.kind]
    if (next.kind === 'trial') return t(said, { days: days(next.daysLeft), date: dateOf(next.at) })
    const plan = next.kind === 'changes' ? plans.data.value?.find(({ id }) => id === next.planId) : undefined
    return t(said, {
      date: date(next.at),
      plan: plan ? planName(plan) : next.kind === 'changes' ? next.planId : '',
    })
  }
}
