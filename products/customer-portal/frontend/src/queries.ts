import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { api, ApiError } from './api.ts'
import { connection } from './connection.ts'
import { localDate } from './format/date.ts'
import { isLive } from './live/state.ts'
import { isOver, sessionState } from './session.ts'

/** One cache for what the server says. A refusal (4xx) is final; a failure is tried twice more. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retryDelay: (attempt) => Math.min(600 * 2 ** attempt, 4000),
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
connection.onBack(() => void queryClient.invalidateQueries())

// What was read goes with the session. Reset, not removed: what is on screen of a session that goes on after all is read again.
watch(sessionState, (now, before) => {
  if (isOver(now)) for (const query of queryClient.getQueryCache().getAll()) query.reset()
  else if (isOver(before)) void queryClient.invalidateQueries()
}, { flush: 'sync' })

export const useSession = () => useQuery({ queryKey: ['session'], queryFn: ({ signal }) => api.session(signal), staleTime: 300_000 })
export const useAccount = () => useQuery({ queryKey: ['account'], queryFn: ({ signal }) => api.account(signal) })
export const useSubscription = () => useQuery({ queryKey: ['subscription'], queryFn: ({ signal }) => api.subscription(signal) })
export const usePlans = () => useQuery({ queryKey: ['plans'], queryFn: ({ signal }) => api.plans(signal), select: (answer) => answer.data })

/** What the last period would have cost on every plan. It changes once a month, and with the plan. */
export const useAdvice = () => useQuery({ queryKey: ['advice'], queryFn: ({ signal }) => api.advice(signal), staleTime: 300_000 })

/** Whether the reader may change things; unknown counts as no. */
export function useMayChange() {
  const session = useSession()
  return computed(() => session.data.value !== undefined && session.data.value.role !== 'viewer')
}

/** The usage of a period (undefined: the current one). `when` false waits. */
export function useUsage(period?: MaybeRefOrGetter<string | undefined>, when: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: ['usage', computed(() => toValue(period) ?? 'current')],
    queryFn: ({ signal }) => api.usage(toValue(period), signal),
    enabled: computed(() => toValue(when)),
    placeholderData: keepPreviousData,
    // Where the server tells by itself what changes, nobody has to ask.
    refetchInterval: computed(() => (toValue(period) || isLive.value ? false : 15_000)),
  })
}

export interface DaysFilter { start?: string | undefined; end?: string | undefined; groupBy?: string | undefined }

/** The usage of some days, of the current period where none are named. `when` false waits. Where today is among them it is asked again. */
export function useUsageDays(filter: MaybeRefOrGetter<DaysFilter>, when: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: ['usage', 'days', computed(() => toValue(filter))],
    queryFn: ({ signal }) => api.usageDays({ ...toValue(filter) }, signal),
    enabled: computed(() => toValue(when)),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data && localDate(data.asOf, data.timezone) <= data.end ? 30_000 : false),
  })
}

/** What the usage of a period (undefined: the current one) comes to, line by line. `when` false waits. */
export function useUsageLines(period: MaybeRefOrGetter<string | undefined>, when: MaybeRefOrGetter<boolean>) {
  return useQuery({
    queryKey: ['usage', 'lines', computed(() => toValue(period) ?? 'current')],
    queryFn: ({ signal }) => api.usageLines(toValue(period), signal),
    enabled: computed(() => toValue(when)),
  })
}

/** A meter's events of one day, asked for once they are to be seen. */
export function useDayEvents(meter: MaybeRefOrGetter<string>, date: MaybeRefOrGetter<string>) {
  return useInfiniteQuery({
    queryKey: ['usage', 'day', computed(() => toValue(meter)), computed(() => toValue(date))],
    queryFn: ({ pageParam, signal }) => api.usageDetail({ start: toValue(date), end: toValue(date), meter: toValue(meter), cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })
}

/** What was reported and not counted, the last refused first. */
export function useRejectedUsage() {
  return useInfiniteQuery({
    queryKey: ['usage', 'rejected'],
    queryFn: ({ pageParam, signal }) => api.rejectedUsage({ cursor: pageParam, limit: 5 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })
}

/** What was reported after its period was billed, the last reported first. */
export function useLateUsage() {
  return useInfiniteQuery({
    queryKey: ['usage', 'late'],
    queryFn: ({ pageParam, signal }) => api.lateUsage({ cursor: pageParam, limit: 5 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })
}

export interface DetailFilter { start: string; end: string; meter: string | undefined; cursor: string | undefined; limit: number }

/** One page of usage events; the old rows stay while the next ones come. */
export function useUsageDetail(filter: MaybeRefOrGetter<DetailFilter | undefined>) {
  return useQuery({
    queryKey: ['usage', 'detail', computed(() => toValue(filter))],
    queryFn: ({ signal }) => api.usageDetail({ ...toValue(filter) }, signal),
    enabled: computed(() => toValue(filter) !== undefined),
    placeholderData: keepPreviousData,
  })
}

export function useInvoices(filter: MaybeRefOrGetter<{ status?: string | undefined; year?: string | undefined; limit?: number }>) {
  return useInfiniteQuery({
    queryKey: ['invoices', computed(() => toValue(filter))],
    queryFn: ({ pageParam, signal }) => api.invoices({ ...toValue(filter), cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export const useInvoice = (id: MaybeRefOrGetter<string>) =>
  useQuery({ queryKey: ['invoice', computed(() => toValue(id))], queryFn: ({ signal }) => api.invoice(toValue(id), signal) })

/** What gave and used the account credit, newest first. */
export function useCreditMovements() {
  return useInfiniteQuery({
    queryKey: ['credit-movements'],
    queryFn: ({ pageParam, signal }) => api.creditMovements({ cursor: pageParam, limit: 20 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })
}

/** The usage events behind an invoice's line, asked for once they are to be seen. */
export function useLineEvents(id: MaybeRefOrGetter<string>, lineId: MaybeRefOrGetter<string>, when: MaybeRefOrGetter<boolean>) {
  return useInfiniteQuery({
    queryKey: ['line-events', computed(() => toValue(id)), computed(() => toValue(lineId))],
    queryFn: ({ pageParam, signal }) => api.lineEvents(toValue(id), toValue(lineId), { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    enabled: computed(() => toValue(when)),
  })
}
