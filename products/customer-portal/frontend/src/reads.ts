import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query'
import { api } from './api.ts'

const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { nextCursor: string | null }) => last.nextCursor ?? undefined,
}

export interface DaysFilter {
  start?: string | undefined
  end?: string | undefined
  groupBy?: string | undefined
}
export interface DetailFilter {
  start: string
  end: string
  meter: string | undefined
  id: string | undefined
  property: string | undefined
  value: string | undefined
  total: 'true'
  cursor: string | undefined
  limit: number
}
export interface InvoicesFilter {
  status?: string | undefined
  year?: string | undefined
  limit?: number
}

/** Key prefixes of queries that are invalidated together. */
export const families = {
  plans: ['plans'],
  advice: ['advice'],
  usageDay: ['usage', 'day'],
  usageDetail: ['usage', 'detail'],
  usageLines: ['usage', 'lines'],
  invoices: ['invoices'],
}

/** Every query: its key and how it is read. Pages and prefetches share these definitions. */
export const reads = {
  session: queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => api.session(signal),
    staleTime: 300_000,
  }),
  account: queryOptions({ queryKey: ['account'], queryFn: ({ signal }) => api.account(signal) }),
  subscription: queryOptions({
    queryKey: ['subscription'],
    queryFn: ({ signal }) => api.subscription(signal),
  }),
  plans: queryOptions({ queryKey: families.plans, queryFn: ({ signal }) => api.plans(signal) }),
  /** The cost of the last period on every plan. It changes once a month, and with the plan. */
  advice: queryOptions({
    queryKey: families.advice,
    queryFn: ({ signal }) => api.advice(signal),
    staleTime: 300_000,
  }),
  /** The usage of a period; undefined: the current one. */
  usage: (period?: string) =>
    queryOptions({
      queryKey: ['usage', period ?? 'current'],
      queryFn: ({ signal }) => api.usage(period, signal),
    }),
  usageDays: (filter: DaysFilter) =>
    queryOptions({
      queryKey: ['usage', 'days', filter],
      queryFn: ({ signal }) => api.usageDays({ ...filter }, signal),
    }),
  /** A meter's events of one day. */
  usageDay: (meter: string, date: string) =>
    infiniteQueryOptions({
      queryKey: [...families.usageDay, meter, date],
      queryFn: ({ pageParam, signal }) =>
        api.usageDetail({ start: date, end: date, meter, cursor: pageParam, limit: 50 }, signal),
      ...paged,
    }),
  /** One page of usage events; undefined while the filter is not known yet. */
  usageDetail: (filter: DetailFilter | undefined) =>
    queryOptions({
      queryKey: [...families.usageDetail, filter],
      queryFn: ({ signal }) => api.usageDetail({ ...filter }, signal),
    }),
  /** The priced lines of a period's usage (undefined: the current one). */
  usageLines: (period?: string) =>
    queryOptions({
      queryKey: [...families.usageLines, period ?? 'current'],
      queryFn: ({ signal }) => api.usageLines(period, signal),
    }),
  /** Usage and amounts of twelve months by meter. */
  usageMonths: queryOptions({
    queryKey: ['usage', 'months'],
    queryFn: ({ signal }) => api.usageMonths(signal),
  }),
  /** Rejected events, the latest first. */
  rejectedUsage: infiniteQueryOptions({
    queryKey: ['usage', 'rejected'],
    queryFn: ({ pageParam, signal }) => api.rejectedUsage({ cursor: pageParam, limit: 5 }, signal),
    ...paged,
  }),
  /** Grants, the newest first. */
  grants: infiniteQueryOptions({
    queryKey: ['usage', 'grants'],
    queryFn: ({ pageParam, signal }) => api.grants({ cursor: pageParam, limit: 5 }, signal),
    ...paged,
  }),
  /** Events that arrived after their period was billed, the latest first. */
  lateUsage: infiniteQueryOptions({
    queryKey: ['usage', 'late'],
    queryFn: ({ pageParam, signal }) => api.lateUsage({ cursor: pageParam, limit: 5 }, signal),
    ...paged,
  }),
  invoices: (filter: InvoicesFilter) =>
    infiniteQueryOptions({
      queryKey: [...families.invoices, filter],
      queryFn: ({ pageParam, signal }) => api.invoices({ ...filter, cursor: pageParam }, signal),
      ...paged,
    }),
  invoiceSummary: queryOptions({
    queryKey: [...families.invoices, 'summary'],
    queryFn: ({ signal }) => api.invoiceSummary(signal),
  }),
  invoice: (id: string) =>
    queryOptions({ queryKey: ['invoice', id], queryFn: ({ signal }) => api.invoice(id, signal) }),
  /** The usage events behind an invoice line. */
  lineEvents: (id: string, lineId: string) =>
    infiniteQueryOptions({
      queryKey: ['line-events', id, lineId],
      queryFn: ({ pageParam, signal }) =>
        api.lineEvents(id, lineId, { cursor: pageParam, limit: 50 }, signal),
      ...paged,
    }),
  /** Balance transactions, newest first. */
  balanceTransactions: infiniteQueryOptions({
    queryKey: ['balance-transactions'],
    queryFn: ({ pageParam, signal }) => api.balanceTransactions({ cursor: pageParam, limit: 20 }, signal),
    ...paged,
  }),
}
