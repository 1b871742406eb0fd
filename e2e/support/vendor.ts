import { randomUUID } from 'node:crypto'
import type { Invoice, Plan, Problem, Subscription, UsageSummary } from '@customer-portal/portal-api/contract'

/** The vendor's API as a vendor's own server calls it. */
export function vendorOf(url: string, key: string) {
  async function call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/api/billing${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${(answer as Problem).detail}`)
    return answer as T
  }
  return {
    call,
    /** A customer for one test, on a plan of the demo or without one. */
    async newCustomer(planId?: string, seats?: number): Promise<string> {
      const id = `e2e-${randomUUID().slice(0, 8)}`
      await call('POST', '/customers', { id, companyName: `${id} 有限公司` })
      if (planId) await call('POST', `/customers/${id}/subscription`, { planId, ...(seats ? { seats } : {}) })
      return id
    },
    session: (
      customerId: string,
      role: 'owner' | 'billing' | 'viewer' = 'owner',
      path?: string,
      locale?: 'zh-CN' | 'en',
      actor = { id: 'e2e', name: 'E2E' },
    ) =>
      call<{ token: string; url: string; code: string }>('POST', '/portal-sessions', {
        customerId,
        role,
        actor,
        ...(path ? { path } : {}),
        ...(locale ? { locale } : {}),
      }),
    addAgent: async (agent: {
      customerId: string
      email: string
      role: string
      password: string
      name: string
    }) => {
      const response = await fetch(`${url}/api/workbench/agents`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(agent),
      })
      if (!response.ok)
        throw new Error(`adding an agent answered ${response.status}: ${await response.text()}`)
    },
    record: (events: unknown[]) => call<{ accepted: number }>('POST', '/events', events),
    usage: (customerId: string) => call<UsageSummary>('GET', `/customers/${customerId}/usage`),
    subscription: (customerId: string) => call<Subscription>('GET', `/customers/${customerId}/subscription`),
    invoices: (customerId: string) => call<{ data: Invoice[] }>('GET', `/customers/${customerId}/invoices`),
    pay: (invoiceId: string, amount: number) =>
      call<Invoice>('POST', `/invoices/${invoiceId}/payments`, {
        amount,
        method: 'bank_transfer',
        reference: randomUUID(),
      }),
    discount: (customerId: string, discount: object) =>
      call<unknown>('PUT', `/customers/${customerId}/discounts/e2e`, discount),
    change: (customerId: string, planId: string) =>
      call<unknown>('POST', `/customers/${customerId}/subscription/change`, { planId }),
    credit: (invoiceId: string, note: { amount: number; reason: string }) =>
      call<Invoice>('POST', `/invoices/${invoiceId}/credit-notes`, note),
    plan: (id: string) => call<Plan>('GET', `/plans/${id}`),
  }
}
export type Vendor = ReturnType<typeof vendorOf>
