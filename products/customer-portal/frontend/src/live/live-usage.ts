import type { Subscription, UsageSummary } from '@customer-portal/portal-api/contract'
import { computed, ref, watch } from 'vue'
import { api } from '../api.ts'
import { connection } from '../connection.ts'
import { queryClient } from '../queries.ts'
import { families, reads } from '../reads.ts'
import { router } from '../router.ts'
import { sessionState } from '../session.ts'
import type { StreamEvent } from './event-stream.ts'
import { follow } from './follow.ts'

/** The pages that show usage and what depends on it. */
const pages: readonly unknown[] = ['overview', 'usage', 'subscription']

/** Keeps usage and subscription up to date on the pages that show them, while they are visible. */
export function followUsage() {
  const visible = ref(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', () => {
    visible.value = document.visibilityState === 'visible'
  })
  const wanted = computed(
    () =>
      visible.value
      && sessionState.value === 'open'
      && !connection.offline.value
      && pages.includes(router.currentRoute.value.matched[0]?.name),
  )
  let leaving = new AbortController()
  watch(
    wanted,
    (now) => {
      leaving.abort()
      if (!now) return
      leaving = new AbortController()
      void follow(api.usageStream, take, leaving.signal)
    },
    { immediate: true },
  )
}

function take({ name, data }: StreamEvent) {
  if (name === 'usage') takeUsage(JSON.parse(data) as UsageSummary)
  if (name === 'subscription') takeSubscription(JSON.parse(data) as Subscription)
}

function takeUsage(usage: UsageSummary) {
  // A response to an earlier request may have been overtaken.
  queryClient.setQueryData(reads.usage().queryKey, (known) =>
    known && known.asOf > usage.asOf ? known : usage,
  )
}

function takeSubscription(subscription: Subscription) {
  const before = queryClient.getQueryData(reads.subscription.queryKey)
  queryClient.setQueryData(reads.subscription.queryKey, subscription)
  // A colleague or the vendor has changed the plan, so plans, invoices and advice are reloaded.
  if (before && planOf(before) !== planOf(subscription)) {
    for (const queryKey of [families.plans, families.invoices, families.advice])
      void queryClient.invalidateQueries({ queryKey })
  }
}

const planOf = ({ plan, seats, status }: Subscription) => `${plan?.id} ${plan?.version} ${seats} ${status}`
