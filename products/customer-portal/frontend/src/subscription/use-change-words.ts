import type { PortalPlan, Subscription } from '@customer-portal/portal-api/contract'
import { computed } from 'vue'
import { useTexts } from '../texts/index.ts'
import { changeKindOf } from './offers.ts'
import { usePlanName } from './use-plan-name.ts'

/**
 * The words for a plan change everywhere: a first subscription and another interval are not called an
 * upgrade.
 */
export function useChangeWords(props: {
  plan: PortalPlan
  plans: readonly PortalPlan[]
  subscription: Subscription
}) {
  const { t } = useTexts()
  const planName = usePlanName()
  // As it was when the dialog opened: once done, it must not turn into another kind.
  const kind = changeKindOf(props.plan, props.plans, props.subscription.plan !== null)
  /** The words of what happens at once; other changes wait for their date. */
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
