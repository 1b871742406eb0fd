import type { UsageDays } from '@customer-portal/portal-api/contract'
import { localDate } from '@customer-portal/ui/format/date.ts'
import { createQueryClient } from '@customer-portal/ui/query-client.ts'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { connection } from './connection.ts'
import { isLive } from './live/state.ts'
import { reads, type DaysFilter, type DetailFilter, type InvoicesFilter } from './reads.ts'
import { isOver, sessionState } from './session.ts'
import { settings } from './settings.ts'

export const queryClient = createQueryClient({ staleTime: 15_000 })
connection.onBack(() => void queryClient.invalidateQueries())

// What was read goes with the session. Reset, not removed: what is on screen of a session that goes on after
// all is read again.
watch(
  sessionState,
  (now, before) => {
    if (isOver(now)) for (const query of queryClient.getQueryCache().getAll()) query.reset()
    else if (isOver(before)) void queryClient.invalidateQueries()
  },
  { flush: 'sync' },
)

/** Resolves when no query is running. */
export function untilRead(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (queryClient.isFetching() > 0) return
      stop()
      resolve()
    }
    const stop = queryClient.getQueryCache().subscribe(look)
    look()
  })
}

export const useSession = () => useQuery(reads.session)
export const useAccount = () => useQuery(reads.account)
export const useSubscription = () => useQuery(reads.subscription)
export const usePlans = () => useQuery({ ...reads.plans, select: (answer) => answer.data })
/** The meters that the plans charge for. */
export const usePlanMeters = () => useQuery({ ...reads.plans, select: (answer) => answer.meters })
export const useAdvice = () => useQuery(computed(() => ({ ...reads.advice, enabled: settings.value.advice })))

/** Whether the user may change things; false until the session is loaded. */
export function useMayChange() {
  const session = useSession()
  return computed(() => session.data.value !== undefined && session.data.value.role !== 'viewer')
}

/** The usage of a period (undefined: the current one). Disabled while `when` is false. */
export function useUsage(
  period?: MaybeRefOrGetter<string | undefined>,
  when: MaybeRefOrGetter<boolean> = true,
) {
  return useQuery(
    computed(() => ({
      ...reads.usage(toValue(period)),
      enabled: toValue(when),
      placeholderData: keepPreviousData,
      // While the event stream is connected, polling is unnecessary.
      refetchInterval: toValue(period) || isLive.value ? (false as const) : 15_000,
    })),
  )
}

/**
 * The usage of some days, of the current period where none are named. `when` false waits. Where today is
 * among them it is asked again.
 */
export function useUsageDays(filter: MaybeRefOrGetter<DaysFilter>, when: MaybeRefOrGetter<boolean> = true) {
  return useQuery(
    computed(() => ({
      ...reads.usageDays(toValue(filter)),
      enabled: toValue(when),
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data } }: { state: { data: UsageDays | undefined } }) =>
        data && localDate(data.asOf, data.timezone) <= data.end ? 30_000 : (false as const),
    })),
  )
}

/** The priced lines of a period's usage (undefined: the current one). Disabled while `when` is false. */
export function useUsageLines(period: MaybeRefOrGetter<string | undefined>, when: MaybeRefOrGetter<boolean>) {
  return useQuery(computed(() => ({ ...reads.usageLines(toValue(period)), enabled: toValue(when) })))
}

/** A meter's events of one day, loaded when they become visible. */
export const useDayEvents = (meter: MaybeRefOrGetter<string>, date: MaybeRefOrGetter<string>) =>
  useInfiniteQuery(computed(() => reads.usageDay(toValue(meter), toValue(date))))

export const useUsageMonths = () => useQuery(reads.usageMonths)
export const useRejectedUsage = () => useInfiniteQuery(reads.rejectedUsage)
export const useGrants = () => useInfiniteQuery(reads.grants)
export const useLateUsage = () => useInfiniteQuery(reads.lateUsage)

/** One page of usage events; the previous rows stay while the next page loads. */
export function useUsageDetail(filter: MaybeRefOrGetter<DetailFilter | undefined>) {
  return useQuery(
    computed(() => ({
      ...reads.usageDetail(toValue(filter)),
      enabled: toValue(filter) !== undefined,
      placeholderData: keepPreviousData,
    })),
  )
}

export function useInvoices(filter: MaybeRefOrGetter<InvoicesFilter>) {
  return useInfiniteQuery(
    computed(() => ({ ...reads.invoices(toValue(filter)), placeholderData: keepPreviousData })),
  )
}

/** Sums over all invoices, including those not loaded. */
export const useInvoiceSummary = () => useQuery(reads.invoiceSummary)
export const useInvoice = (id: MaybeRefOrGetter<string>) =>
  useQuery(computed(() => reads.invoice(toValue(id))))
export const useBalanceTransactions = () => useInfiniteQuery(reads.balanceTransactions)

/** The usage events behind an invoice line, loaded when they become visible. */
export function useLineEvents(
  id: MaybeRefOrGetter<string>,
  lineId: MaybeRefOrGetter<string>,
  when: MaybeRefOrGetter<boolean>,
) {
  return useInfiniteQuery(
    computed(() => ({ ...reads.lineEvents(toValue(id), toValue(lineId)), enabled: toValue(when) })),
  )
}
