import {
  actingFor,
  getSubscription,
  getUsageSummary,
  readUsageRevision,
  type Engine,
} from '@customer-portal/billing'
import { answerWriter } from '@customer-portal/http'
import { Subscription, UsageSummary } from '@customer-portal/http/resources'
import { eventText, heartbeat } from './event-text.ts'

/**
 * Why a stream ends: its token expired, the user signed out, the server stops, or reading the usage failed.
 */
export type StreamEnd = 'expired' | 'signed_out' | 'closing' | 'failed'

/** A client that watches a customer's usage. */
export interface Viewer {
  sessionId: string
  expiresAt: string
  send(text: string): void
  end(reason: StreamEnd): void
}

const writeUsage = answerWriter(UsageSummary)
const writeSubscription = answerWriter(Subscription)

/** The last event sent, by name. */
type LastEvents = Map<'usage' | 'subscription', string>

/**
 * The viewers of one customer, and the last events they got. The database is read once per tick, however many
 * they are.
 */
export class Channel {
  readonly viewers = new Set<Viewer>()
  readonly #engine: Engine
  readonly #customerId: string
  #mark: string | undefined
  #lastEvents: LastEvents = new Map()

  constructor(engine: Engine, customerId: string) {
    this.#engine = actingFor(engine, customerId)
    this.#customerId = customerId
  }

  /** Sends a new viewer the last events; the next tick sends what has changed since. */
  welcome(viewer: Viewer): void {
    this.viewers.add(viewer)
    for (const [name, text] of this.#lastEvents) viewer.send(eventText(name, text))
  }

  /** Disconnects viewers whose time is over, and sends the others what has changed. */
  async tick(): Promise<void> {
    const { mark, openSessions } = await readUsageRevision(this.#engine, {
      customerId: this.#customerId,
      sessionIds: [...this.viewers].map(({ sessionId }) => sessionId),
    })
    this.#disconnectExpired(new Set(openSessions))
    if (mark === this.#mark || this.viewers.size === 0) return
    const events = await this.#read()
    this.#mark = mark
    for (const [name, text] of events)
      if (this.#lastEvents.get(name) !== text) this.#sendAll(eventText(name, text))
    this.#lastEvents = events
  }

  beat(): void {
    this.#sendAll(heartbeat)
  }

  endAll(reason: StreamEnd): void {
    for (const viewer of [...this.viewers]) viewer.end(reason)
  }

  #disconnectExpired(open: ReadonlySet<string>): void {
    const now = this.#engine.now()
    for (const viewer of [...this.viewers]) {
      if (viewer.expiresAt <= now) viewer.end('expired')
      else if (!open.has(viewer.sessionId)) viewer.end('signed_out')
    }
  }

  async #read(): Promise<LastEvents> {
    return this.#engine.transaction(
      async (tx) => {
        const usage = await getUsageSummary(tx, { customerId: this.#customerId })
        const subscription = await getSubscription(tx, { customerId: this.#customerId })
        return new Map([
          ['usage', writeUsage(usage)],
          ['subscription', writeSubscription(subscription)],
        ] as const)
      },
      { readOnly: true },
    )
  }

  #sendAll(text: string): void {
    for (const viewer of [...this.viewers]) viewer.send(text)
  }
}
