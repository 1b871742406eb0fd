/** The pages, each in a chunk of its own, loaded when it is first opened. */
export const views = {
  overview: () => import('./views/OverviewView.vue'),
  usage: () => import('./views/UsageView.vue'),
  subscription: () => import('./views/SubscriptionView.vue'),
  invoices: () => import('./views/BillingView.vue'),
  invoice: () => import('./views/InvoiceView.vue'),
  account: () => import('./views/AccountView.vue'),
}
export type ViewName = keyof typeof views

/** The views of a URL of the portal, by its path; empty when it is no page. */
export function viewsAt(path: string): ViewName[] {
  const [, , page = '', id] = path.split('/')
  if (page === '') return ['overview']
  if (page === 'invoices') return id ? ['invoices', 'invoice'] : ['invoices']
  return page === 'usage' || page === 'subscription' || page === 'account' ? [page] : []
}

/** Starts loading the code of the views. On failure, opening them retries and reports the error. */
export function fetchViews(names: readonly ViewName[]) {
  for (const name of names) void views[name]().catch(() => undefined)
}
