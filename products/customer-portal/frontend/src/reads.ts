import { api } from './api.ts'

/** What is asked under which name: the pages' queries and what is read ahead of them must agree. */
interface Asked {
  signal: AbortSignal
}
type Paged = Asked & { pageParam: string | undefined }

const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { nextCursor: string | null }) => last.nextCursor ?? undefined,
}

export interface DaysFilter {
  start?: string | undefined
  end?: string | undefined
  groupBy?: string | undefined
}
export interface InvoicesFilter {
  status?: string | undefined
  year?: string | undefined
  limit?: number
}

export const reads = {
  session: { queryKey: ['session'], queryFn: ({ signal }: Asked) => api.session(signal), staleTime: 300_000 },
  account: { queryKey: ['account'], queryFn: ({ signal }: Asked) => api.account(signal) },
  subscription: { queryKey: ['subscription'], queryFn: ({ signal }: Asked) => api.subscription(signal) },
  plans: { queryKey: ['plans'], queryFn: ({ signal }: Asked) => api.plans(signal) },
  /** What the last period would have cost on every plan. It changes once a month, and with the plan. */
  advice: { queryKey: ['advice'], queryFn: ({ signal }: Asked) => api.advice(signal), staleTime: 300_000 },
  /** The usage of a period; undefined: the current one. */
  usage: (period?: string) => ({
    queryKey: ['usage', period ?? 'current'],
    queryFn: ({ signal }: Asked) => api.usage(period, signal),
  }),
  usageDays: (filter: DaysFilter) => ({
    queryKey: ['usage', 'days', filter],
    queryFn: ({ signal }: Asked) => api.usageDays({ ...filter }, signal),
  }),
  /** What the usage of a period (undefined: the current one) comes to, line by line. */
  usageLines: (period?: string) => ({
    queryKey: ['usage', 'lines', period ?? 'current'],
    queryFn: ({ signal }: Asked) => api.usageLines(period, signal),
  }),
  /** Twelve months by meter. */
  usageMonths: { queryKey: ['usage', 'months'], queryFn: ({ signal }: Asked) => api.usageMonths(signal) },
  /** What was reported and not counted, the last refused first. */
  rejectedUsage: {
    queryKey: ['usage', 'rejected'],
    queryFn: ({ pageParam, signal }: Paged) => api.rejectedUsage({ cursor: pageParam, limit: 5 }, signal),
    ...paged,
  },
  /** What was reported after its period was billed, the last reported first. */
  lateUsage: {
    queryKey: ['usage', 'late'],
    queryFn: ({ pageParam, signal }: Paged) => api.lateUsage({ cursor: pageParam, limit: 5 }, signal),
    ...paged,
  },
  invoices: (filter: InvoicesFilter) => ({
    queryKey: ['invoices', filter],
    queryFn: ({ pageParam, signal }: Paged) => api.invoices({ ...filter, cursor: pageParam }, signal),
    ...paged,
  }),
  invoiceSummary: {
    queryKey: ['invoices', 'summary'],
    queryFn: ({ signal }: Asked) => api.invoiceSummary(signal),
  },
  invoice: (id: string) => ({
    queryKey: ['invoice', id],
    queryFn: ({ signal }: Asked) => api.invoice(id, signal),
  }),
  /** What gave and used the account credit, newest first. */
  balanceTransactions: {
    queryKey: ['balance-transactions'],
    queryFn: ({ pageParam, signal }: Paged) =>
      api.balanceTransactions({ cursor: pageParam, limit: 20 }, signal),
    ...paged,
  },
}
