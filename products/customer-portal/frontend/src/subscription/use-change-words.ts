import type { PortalPlan, Subscription } from '@customer-portal/portal-api/contract'
import { computed } from 'vue'
import { useTexts } from '../texts/index.ts'
import { changeKindOf } from './offers.ts'
import { usePlanName } from './use-plan-name.ts'

/**
 * What a move to a plan is called, wherever it is: a first subscription and another interval are no upgrade.
 */
export function useChangeWords(props: {
  plan: PortalPlan
  plans: readonly PortalPlan[]
  subscription: Subscription
}) {
  const { t } = useTexts()
  const planName = usePlanName()
  // What it was when the dialog opened: done, it must not turn into something else.
  const kind = changeKindOf(props.plan, props.plans, props.subscription.plan !== null)
  /** What happens at once; the others wait for their date. */
  const now = kind === 'subscribe' || kind === 'interval' ? kind : 'upgrade'
  const names = computed(() => ({
    plan: planName(props.plan),
    interval: t(props.plan.interval === 'year' ? 'change.year' : 'change.month'),
  }))
  return {
    kind,
    names,
    title: computed(() => t(`change.title.${kind}`, names.value)),
    confirm: computed(() => t(`change.confirm.${kind}`)),
    blocked: computed(() => t(`change.blocked.${kind}`)),
    failed: computed(() => t(`change.failed.${now}`)),
    done: computed(() => t(`change.done.${now}`, names.value)),
    waits: (date: string) =>
      t(kind === 'interval' ? 'change.waitsInterval' : 'change.waits', { date, ...names.value }),
  }
}
