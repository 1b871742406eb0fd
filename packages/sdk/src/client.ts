import { randomUUID } from 'node:crypto'
import { machineClock, type Clock } from './clock.ts'
import { newEventId } from './event-id.ts'
import { beforeProcessEnds, type ExitSignal } from './exit.ts'
import { memoryQueue } from './memory-queue.ts'
import { createCaller, type Caller } from './operation.ts'
import { openSpool } from './spool.ts'
import { createTransport, type Fetch, type Transport } from './transport.ts'
import { UsageRecorder, type SentEvent, type UsageListeners } from './usage-recorder.ts'
import type { WaitingLimit, WhenFull } from './waiting-events.ts'

export interface ClientOptions {
  /** The server's address, such as `https://billing.example.com`. */
  url: string
  /** A secret key of the vendor. */
  key: string
  /** Timeout of one attempt, in milliseconds; default 30,000. */
  timeout?: number
  /** Maximum number of retries of a call that is safe to repeat; default 4. */
  retries?: number
  /** The language of error texts; default English. */
  language?: 'zh-CN' | 'en'
  usage?: UsageOptions
  fetch?: Fetch
  clock?: Clock
  /** Returns 0 up to 1; spreads the retries of many clients. */
  random?: () => number
  /** Makes ids of events and idempotency keys. */
  newId?: () => string
}

/** How recorded usage is buffered and sent. */
export interface UsageOptions extends UsageListeners {
  /**
   * A batch is sent when it has this many events (at most 1,000; default 500), and at the latest this many
   * milliseconds (default 1,000) after its first.
   */
  batch?: { events?: number; milliseconds?: number }
  /** Maximum of events buffered in memory; default 10,000 events and 32 MiB. */
  limit?: Partial<WaitingLimit>
  /**
   * What happens to an event beyond the limit: `reject` (default) rejects it, `drop-oldest` accepts it and
   * drops the oldest one.
   */
  whenFull?: WhenFull
  /**
   * Keeps events in a folder until the server has answered for them, also across a restart of the process.
   * Each process needs a folder of its own. Default limit 256 MiB.
   */
  spool?: { folder: string; maxBytes?: number }
  /**
   * Sends buffered events before the process ends by itself, and on these signals (default SIGTERM and
   * SIGINT); `false` turns both off. Takes at most this many milliseconds, default 5,000.
   */
  atExit?: { signals?: readonly ExitSignal[]; milliseconds?: number } | false
}

export type Client = ReturnType<typeof createClient>

/**
 * The vendor's API of one server, with methods grouped by noun. Commands carry an idempotency key and are
 * retried when the connection fails.
 */
export function createClient(options: ClientOptions) {
  const parts = settledParts(options)
  const transport = createTransport(parts)
  const recorder = createRecorder(options.usage ?? {}, {
    ...parts,
    transport,
    newEventId: options.newId ?? (() => newEventId(parts.clock.now())),
  })
  const { atExit = {} } = options.usage ?? {}
  const stay =
    atExit === false
      ? () => {}
      : beforeProcessEnds(
          () => recorder.close({ milliseconds: atExit.milliseconds ?? 5000 }),
          atExit.signals ?? ['SIGTERM', 'SIGINT'],
          () => recorder.abandon(),
        )
  return {
    ...nouns(createCaller(transport, parts.newKey), recorder),
    /**
     * Sends buffered usage for at most this long, then releases everything. Returns the number of events that
     * were not sent.
     */
    async close({ milliseconds = 5000 }: { milliseconds?: number } = {}): Promise<number> {
      stay()
      return recorder.close({ milliseconds })
    },
  }
}

/** Each operation of the API on a line. A test fails for a missing one. */
export function nouns(call: Caller, recorder: UsageRecorder) {
  const repeatable = { repeatable: true } as const
  return {
    meters: {
      put: call.one('PUT /meters/{key}'),
      list: call.list('GET /meters'),
      fills: call.list('GET /meters/fills'),
    },
    seller: {
      put: call.one('PUT /seller'),
      get: call.one('GET /seller'),
    },
    plans: {
      put: call.one('PUT /plans/{planId}'),
      get: call.one('GET /plans/{planId}'),
      list: call.list('GET /plans'),
    },
    pricing: {
      preview: call.one('POST /pricing/preview', repeatable),
    },
    customers: {
      create: call.one('POST /customers'),
      update: call.one('PUT /customers/{customerId}'),
      get: call.one('GET /customers/{customerId}'),
      list: call.pages('GET /customers'),
    },
    aliases: {
      put: call.one('PUT /customers/{customerId}/aliases/{alias}'),
      list: call.list('GET /customers/{customerId}/aliases'),
      delete: call.one('DELETE /customers/{customerId}/aliases/{alias}'),
    },
    subscriptions: {
      create: call.one('POST /customers/{customerId}/subscription'),
      get: call.one('GET /customers/{customerId}/subscription'),
      preview: call.one('POST /customers/{customerId}/subscription/preview'),
      change: call.one('POST /customers/{customerId}/subscription/change'),
      update: call.one('PATCH /customers/{customerId}/subscription'),
      cancel: call.one('POST /customers/{customerId}/subscription/cancel'),
      resume: call.one('POST /customers/{customerId}/subscription/resume'),
      cancelScheduledChange: call.one('DELETE /customers/{customerId}/subscription/scheduled-change'),
      list: call.pages('GET /subscriptions'),
      summary: call.one('GET /subscriptions/summary'),
    },
    events: {
      /** Sends at once and returns the outcome of each event. Event ids make it safe to repeat. */
      record: call.one('POST /events', repeatable),
      list: call.pages('GET /events'),
      get: call.one('GET /customers/{customerId}/events/{eventId}'),
      /** JSON lines, all at once; for more than fits into memory, read the list page by page. */
      export: call.one('GET /events/export'),
      /** Voids usage: at most 1,000 ids at once, however they were recorded. */
      void: call.one('POST /events/void', repeatable),
      rejected: {
        list: call.pages('GET /events/rejected'),
        retry: call.one('POST /events/rejected/retry', repeatable),
      },
      late: {
        list: call.pages('GET /customers/{customerId}/events/late'),
      },
    },
    usage: {
      /** Queues an event to be sent in the background. */
      record: recorder.record.bind(recorder),
      /** Sends queued events. */
      flush: recorder.flush.bind(recorder),
      get: call.one('GET /customers/{customerId}/usage'),
      range: call.one('GET /customers/{customerId}/usage/range'),
      reconciliation: call.one('GET /customers/{customerId}/reconciliation'),
    },
    quota: {
      check: call.one('GET /customers/{customerId}/quota/{meter}'),
      consume: call.one('POST /customers/{customerId}/quota/{meter}/consume', repeatable),
      reserve: call.one('POST /customers/{customerId}/quota/{meter}/reserve', repeatable),
      settle: call.one(
        'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/settle',
        repeatable,
      ),
      reservations: call.pages('GET /customers/{customerId}/reservations'),
      release: call.one(
        'POST /customers/{customerId}/quota/{meter}/reservations/{reservationId}/release',
        repeatable,
      ),
    },
    invoices: {
      list: call.pages('GET /customers/{customerId}/invoices'),
      listAll: call.pages('GET /invoices'),
      summary: call.one('GET /invoices/summary'),
      generate: call.one('POST /customers/{customerId}/invoices'),
      get: call.one('GET /invoices/{invoiceId}'),
      pdf: call.one('GET /invoices/{invoiceId}/pdf'),
      void: call.one('POST /invoices/{invoiceId}/void'),
    },
    payments: {
      record: call.one('POST /invoices/{invoiceId}/payments'),
      list: call.list('GET /invoices/{invoiceId}/payments'),
      listAll: call.pages('GET /payments'),
      summary: call.one('GET /payments/summary'),
      reverse: call.one('POST /payments/{paymentId}/reverse'),
    },
    refunds: {
      create: call.one('POST /customers/{customerId}/refunds'),
      list: call.pages('GET /customers/{customerId}/refunds'),
    },
    balance: {
      adjust: call.one('POST /customers/{customerId}/balance/adjustments'),
      transactions: call.pages('GET /customers/{customerId}/balance/transactions'),
    },
    charges: {
      create: call.one('POST /customers/{customerId}/charges'),
      list: call.pages('GET /customers/{customerId}/charges'),
      get: call.one('GET /customers/{customerId}/charges/{chargeId}'),
      withdraw: call.one('DELETE /customers/{customerId}/charges/{chargeId}'),
      listAll: call.pages('GET /charges'),
      summary: call.one('GET /charges/summary'),
    },
    grants: {
      create: call.one('POST /customers/{customerId}/grants'),
      list: call.pages('GET /customers/{customerId}/grants'),
      get: call.one('GET /customers/{customerId}/grants/{grantId}'),
      void: call.one('POST /customers/{customerId}/grants/{grantId}/void'),
      expire: call.one('POST /customers/{customerId}/grants/{grantId}/expire'),
      extend: call.one('POST /customers/{customerId}/grants/{grantId}/extend'),
    },
    deficits: {
      list: call.list('GET /customers/{customerId}/deficits'),
      forgive: call.one('POST /customers/{customerId}/deficits/{meter}/forgive'),
    },
    discounts: {
      put: call.one('PUT /customers/{customerId}/discounts/{discountId}'),
      list: call.list('GET /customers/{customerId}/discounts'),
      delete: call.one('DELETE /customers/{customerId}/discounts/{discountId}'),
    },
    coupons: {
      put: call.one('PUT /coupons/{code}'),
      list: call.pages('GET /coupons'),
      get: call.one('GET /coupons/{code}'),
      redeem: call.one('POST /customers/{customerId}/coupons/redemptions'),
      redemptions: call.list('GET /customers/{customerId}/coupons/redemptions'),
    },
    creditNotes: {
      create: call.one('POST /invoices/{invoiceId}/credit-notes'),
    },
    activity: {
      list: call.pages('GET /activity'),
    },
    portalSessions: {
      create: call.one('POST /portal-sessions', repeatable),
      /** Not retried: a code works once. */
      exchange: call.one('POST /portal-sessions/exchange'),
    },
    reconciliation: {
      /** The rows that break a rule; empty when the books are consistent. */
      list: call.pages('GET /reconciliation'),
    },
    keys: {
      /** Not retried: each answer has a new secret. */
      create: call.one('POST /keys'),
      list: call.pages('GET /keys'),
      rotate: call.one('POST /keys/{keyId}/rotate'),
      revoke: call.one('POST /keys/{keyId}/revoke'),
    },
    testClock: {
      get: call.one('GET /test-clock'),
      move: call.one('POST /test-clock', repeatable),
    },
  }
}

function settledParts({
  url,
  key,
  timeout = 30_000,
  retries = 4,
  language = 'en',
  fetch = globalThis.fetch,
  clock = machineClock,
  random = Math.random,
  newId = randomUUID,
}: ClientOptions) {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new TypeError(
      `url must be the address of the server, such as https://billing.example.com, not ${JSON.stringify(url)}`,
    )
  if (!key) throw new TypeError('key must be a secret key of the vendor')
  return {
    url: url.replace(/\/+$/, ''),
    key,
    timeout,
    retries,
    language,
    fetch,
    clock,
    random,
    newKey: newId,
  }
}

interface RecorderSurroundings {
  transport: Transport
  clock: Clock
  random: () => number
  newEventId: () => string
}

function createRecorder(
  usage: UsageOptions,
  { transport, clock, random, newEventId: newId }: RecorderSurroundings,
): UsageRecorder {
  const {
    batch: { events = 500, milliseconds = 1000 } = {},
    limit: { events: maxEvents = 10_000, bytes = 32 * 1024 * 1024 } = {},
    whenFull = 'reject',
    spool,
    ...listeners
  } = usage
  if (!(events >= 1 && events <= 1000)) throw new RangeError(`a batch has 1 to 1,000 events, not ${events}`)
  const queueOptions = {
    limit: { events: maxEvents, bytes },
    whenFull,
    onDropped: (event: string) => listeners.onLost?.(JSON.parse(event) as SentEvent, 'dropped'),
    onUnreadable: (error: Error) => listeners.onError?.(error),
  }
  const waiting = spool
    ? openSpool({ ...queueOptions, folder: spool.folder, maxBytes: spool.maxBytes ?? 256 * 1024 * 1024 })
    : Promise.resolve(memoryQueue(queueOptions))
  return new UsageRecorder({
    ...listeners,
    waiting,
    transport,
    clock,
    random,
    newId,
    batch: { events, milliseconds },
  })
}
