import type { QueryClient } from '@tanstack/vue-query'
import { reads } from './reads.ts'
import { settings } from './settings.ts'
import { filterFrom } from './usage/filter.ts'
import { viewsAt, type ViewName } from './views.ts'

/** The first queries of each page. A page whose other queries are missing here still works, only later. */
const firstReads: Record<ViewName, (client: QueryClient, address: URL) => unknown> = {
  overview: (client) => [
    client.prefetchQuery(reads.subscription),
    client.prefetchQuery(reads.usage()),
    client.prefetchQuery(reads.plans),
    client.prefetchInfiniteQuery(reads.invoices({ limit: 4 })),
    client.prefetchQuery(reads.invoiceSummary),
  ],
  usage(client, { searchParams }) {
    void client.prefetchQuery(reads.usage())
    const { period, range, group } = filterFrom(Object.fromEntries(searchParams))
    if (period !== undefined) return
    void client.prefetchQuery(reads.usageDays({ start: range?.from, end: range?.to, groupBy: group }))
    if (!range) void client.prefetchQuery(reads.usageLines())
  },
  subscription: (client) => [
    client.prefetchQuery(reads.subscription),
    client.prefetchQuery(reads.plans),
    settings.value.advice && client.prefetchQuery(reads.advice),
    client.prefetchQuery(reads.usage()),
  ],
  invoices: (client, { searchParams }) => [
    client.prefetchInfiniteQuery(
      reads.invoices({
        status: searchParams.get('status') ?? undefined,
        year: searchParams.get('year') ?? undefined,
        limit: 20,
      }),
    ),
    client.prefetchInfiniteQuery(reads.balanceTransactions),
    client.prefetchQuery(reads.subscription),
    client.prefetchQuery(reads.invoiceSummary),
  ],
  invoice: (client, { pathname }) =>
    client.prefetchQuery(reads.invoice(decodeURIComponent(pathname.split('/').at(-1)!))),
  account: () => undefined,
}

/**
 * Prefetches the queries of the page at a URL as soon as there is a token: before the page's code is loaded,
 * and in parallel with the account.
 */
export function readAhead(client: QueryClient, address: URL) {
  void client.prefetchQuery(reads.session)
  void client.prefetchQuery(reads.account)
  for (const view of viewsAt(address.pathname)) firstReads[view](client, address)
}
