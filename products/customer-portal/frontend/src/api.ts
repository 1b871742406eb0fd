import type {
  Account,
  AccountUpdate,
  Advice,
  Changed,
  CommandOutcome,
  BalanceTransaction,
  Invoice,
  InvoiceSummary,
  LateUsage,
  PortalGrant,
  PlanChange,
  PortalPlans,
  Preview,
  RejectedUsage,
  Scheduled,
  Session,
  Subscription,
  UsageDays,
  UsageDetail,
  UsageEvent,
  UsageLines,
  UsageMonths,
  UsageSummary,
} from '@customer-portal/portal-api/contract'
import { ApiError, errorOf, UnreachableError } from '@customer-portal/ui/api-error.ts'
import { connection } from './connection.ts'
import { currentToken, endSession, renewAfter } from './session.ts'
import { locale } from './preferences.ts'

export type Page<Item> = { data: Item[]; nextCursor: string | null }
type Query = Record<string, string | number | undefined>

interface Request {
  method?: string
  credentials?: RequestCredentials
  query?: Query
  body?: unknown
  key?: string
  signal?: AbortSignal
}

async function send(path: string, request: Request, token: string | undefined): Promise<Response> {
  const asked = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))
  const headers: Record<string, string> = { 'Accept-Language': locale.value }
  if (token) headers.Authorization = `Bearer ${token}`
  if (request.body !== undefined) headers['Content-Type'] = 'application/json'
  if (request.key) headers['Idempotency-Key'] = request.key
  try {
    const response = await fetch(`/api/portal${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: request.method ?? 'GET',
      headers,
      cache: 'no-store',
      credentials: request.credentials ?? 'omit',
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal ? { signal: request.signal } : {}),
    })
    connection.reached()
    return response
  } catch (error) {
    if (request.signal?.aborted) throw error
    connection.lost()
    throw new UnreachableError('the server cannot be reached', { cause: error })
  }
}

/**
 * Sends with the token in memory; a 401 asks for a new one once and repeats the same call with the same
 * Idempotency-Key.
 */
async function call(path: string, request: Request = {}): Promise<Response> {
  const token = await currentToken()
  if (!token) throw new ApiError(401)
  let response = await send(path, request, token)
  if (response.status === 401) {
    const renewed = await renewAfter(token)
    if (renewed) response = await send(path, request, renewed)
    if (renewed && response.status === 401) endSession('ended')
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

const json = async <T>(path: string, request?: Request): Promise<T> =>
  (await (await call(path, request)).json()) as T
const segment = encodeURIComponent

export const api = {
  session: (signal?: AbortSignal) => json<Session>('/session', { signal }),
  command: (key: string) => json<CommandOutcome>(`/commands/${segment(key)}`),
  logout: () => call('/session/logout', { method: 'POST', credentials: 'same-origin' }),
  balanceTransactions: (query: Query, signal?: AbortSignal) =>
    json<Page<BalanceTransaction>>('/account/balance/transactions', { query, signal }),
  account: (signal?: AbortSignal) => json<Account>('/account', { signal }),
  saveAccount: (body: AccountUpdate, key: string) => json<Account>('/account', { method: 'PUT', body, key }),
  subscription: (signal?: AbortSignal) => json<Subscription>('/subscription', { signal }),
  advice: (signal?: AbortSignal) => json<Advice>('/subscription/advice', { signal }),
  plans: (signal?: AbortSignal) => json<PortalPlans>('/plans', { signal }),
  preview: (body: PlanChange, key: string, signal?: AbortSignal) =>
    json<Preview>('/subscription/preview', { method: 'POST', body, key, signal }),
  subscribe: (body: PlanChange, key: string) => json<Changed>('/subscription', { method: 'POST', body, key }),
  upgrade: (body: PlanChange, key: string) =>
    json<Changed>('/subscription/upgrade', { method: 'POST', body, key }),
  downgrade: (body: PlanChange, key: string) =>
    json<Scheduled>('/subscription/downgrade', { method: 'POST', body, key }),
  undoScheduledChange: () => json<Scheduled>('/subscription/scheduled-change', { method: 'DELETE' }),
  cancel: (key: string) => json<Scheduled>('/subscription/cancel', { method: 'POST', body: {}, key }),
  resume: (key: string) => json<Scheduled>('/subscription/resume', { method: 'POST', key }),
  usage: (period: string | undefined, signal?: AbortSignal) =>
    json<UsageSummary>('/usage', { query: { period }, signal }),
  usageStream: (signal: AbortSignal) => call('/usage/stream', { signal }),
  usageDays: (query: Query, signal?: AbortSignal) => json<UsageDays>('/usage/days', { query, signal }),
  rejectedUsage: (query: Query, signal?: AbortSignal) =>
    json<Page<RejectedUsage>>('/usage/rejected', { query, signal }),
  grants: (query: Query, signal?: AbortSignal) => json<Page<PortalGrant>>('/usage/grants', { query, signal }),
  lateUsage: (query: Query, signal?: AbortSignal) => json<Page<LateUsage>>('/usage/late', { query, signal }),
  usageLines: (period: string | undefined, signal?: AbortSignal) =>
    json<UsageLines>('/usage/lines', { query: { period }, signal }),
  usageMonths: (signal?: AbortSignal) => json<UsageMonths>('/usage/months', { signal }),
  usageDetail: (query: Query, signal?: AbortSignal) => json<UsageDetail>('/usage/detail', { query, signal }),
  invoices: (query: Query, signal?: AbortSignal) => json<Page<Invoice>>('/invoices', { query, signal }),
  invoiceSummary: (signal?: AbortSignal) => json<InvoiceSummary>('/invoices/summary', { signal }),
  invoice: (id: string, signal?: AbortSignal) => json<Invoice>(`/invoices/${segment(id)}`, { signal }),
  lineEvents: (id: string, lineId: string, query: Query, signal?: AbortSignal) =>
    json<Page<UsageEvent>>(`/invoices/${segment(id)}/lines/${segment(lineId)}/events`, { query, signal }),
  /** Downloads a file as a stream. The token is sent in a header, so a link cannot fetch it. */
  file: (path: string, query: Query, signal: AbortSignal) => call(path, { query, signal }),
  invoicePdf: async (id: string) => (await call(`/invoices/${segment(id)}/pdf`)).blob(),
}

/** Returns the token with its customer, or null if the server no longer accepts it. */
export async function identify<Fresh extends { token: string }>(
  fresh: Fresh,
): Promise<(Fresh & { customerId: string }) | null> {
  const response = await send('/session', {}, fresh.token)
  if (response.status === 401) return null
  if (!response.ok) throw await errorOf(response)
  const { customerId } = (await response.json()) as Session
  return { ...fresh, customerId }
}
