/** The pages, each of which is code of its own, fetched when it is first opened. */
export const views = {
  overview: () => import('./views/OverviewView.vue'),
  usage: () => import('./views/UsageView.vue'),
  subscription: () => import('./views/SubscriptionView.vue'),
  invoices: () => import('./views/BillingView.vue'),
  invoice: () => import('./views/InvoiceView.vue'),
  account: () => import('./views/AccountView.vue'),
}
export type ViewName = keyof typeof views

/** The views that an address of the portal shows, by its path; none where it names no page. */
export function viewsAt(path: string): ViewName[] {
  const [, , page = '', id] = path.split('/')
  if (page === '') return ['overview']
  if (page === 'invoices') return id ? ['invoices', 'invoice'] : ['invoices']
  return page === 'usage' || page === 'subscription' || page === 'account' ? [page] : []
}

/** Begins to fetch the code of the views. Where that fails, whoever opens them tries again and says so. */
export function fetchViews(names: readonly ViewName[]) {
  for (const name of names) void views[name]().catch(() => undefined)
}
