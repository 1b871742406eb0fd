export { createClient, type Client, type ClientOptions, type UsageOptions } from './client.ts'
export { ApiError, ConnectionError } from './api-error.ts'
export { UsageQueueFull, type WaitingLimit, type WhenFull } from './waiting-events.ts'
export { SpoolHeld } from './spool-lock.ts'
export type { SentEvent, UsageEvent, UsageListeners } from './usage-recorder.ts'
export type { Answer, CallOptions, Method } from './operation.ts'
export type { Page, Pages } from './pages.ts'
export type { Clock } from './clock.ts'
export type {
  Account,
  Activity,
  Changed,
  Charge,
  CloudEvent,
  Consumed,
  CustomerInput,
  CustomerUpdate,
  EventInput,
  Invoice,
  InvoiceLine,
  InvoiceTitle,
  LocalizedText,
  Meter,
  MeterInput,
  Operations,
  Payment,
  Plan,
  PlanInput,
  PortalSession,
  Price,
  Problem,
  Quota,
  Reconciliation,
  Recorded,
  RejectedEvent,
  Released,
  Reserved,
  Seller,
  Settled,
  Subscription,
  UsageSummary,
} from './api.ts'
