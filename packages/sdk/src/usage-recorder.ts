import type { Recorded } from './api.ts'
import { ApiError } from './api-error.ts'
import type { Clock } from './clock.ts'
import { requestedDelay, delayAfter } from './retry.ts'
import type { Transport } from './transport.ts'
import { UsageQueueFull, type WaitingEvents } from './waiting-events.ts'

interface EventContent {
  id?: string
  customerId: string
  /** In the meter's units, a number or the text of a decimal; 1 when absent. */
  quantity?: number | string
  time?: string | Date
  properties?: Record<string, unknown>
  /** For usage older than 35 days: it is shown, but counts for no quota and no invoice. Requires a `time`. */
  historical?: boolean
}

/**
 * One usage event, for one meter, or of a type that meters read. Without an `id` it gets one, and without a
 * `time` the time of recording; both stay the same however often it is sent.
 */
export type UsageEvent = EventContent
  & ({ meter: string; type?: undefined } | { type: string; meter?: undefined })

/** An event as it was sent. */
export type SentEvent = UsageEvent & { id: string; time: string }

export interface UsageListeners {
  /** The server rejected this event for good: it was not counted. */
  onRejected?: (event: SentEvent, reason: { code: string; detail: string }) => void
  /**
   * The event will not be sent: rejected or dropped at the limit, not accepted (too large, not JSON, the
   * spool cannot be written), or left when the process ends without a spool while the server is unavailable.
   */
  onLost?: (event: SentEvent, reason: 'queue_full' | 'dropped' | 'not_taken' | 'exit') => void
  /** Sending failed and will be retried, or a part of the spool could not be read. */
  onError?: (error: unknown) => void
}

export interface RecorderParts extends UsageListeners {
  /** Opened at once: what an earlier process left in it is sent automatically. */
  waiting: Promise<WaitingEvents>
  transport: Transport
  clock: Clock
  random: () => number
  newId: () => string
  /**
   * A batch is sent when it has this many events, and at the latest this many milliseconds after its first.
   */
  batch: { events: number; milliseconds: number }
}

const maxEventBytes = 32 * 1024
const maxBatchBytes = 4 * 1024 * 1024
/** Statuses for a request that the server rejects as a whole, possibly because of one event in it. */
const rejectedAsWhole = [400, 413, 422]

/**
 * Sends recorded events in the background, in order, one batch at a time, until the server has answered for
 * each.
 */
export class UsageRecorder {
  readonly #parts: RecorderParts
  readonly #recordings = new Set<Promise<string>>()
  readonly #losses = warnings()
  #waiting: WaitingEvents | undefined
  #sending: Promise<void> | undefined
  /** Ends the wait for a batch to fill. */
  #full = new AbortController()
  /** Ends the delay before a retry. */
  #again = new AbortController()
  readonly #stop = new AbortController()
  #closing: Promise<number> | undefined
  #flushes = 0
  /** The current batch size: reduced while one event that spoils the others is isolated. */
  #most: number

  constructor(parts: RecorderParts) {
    this.#parts = parts
    this.#most = parts.batch.events
    parts.waiting.then(
      (waiting) => {
        this.#waiting = waiting
        this.#start(waiting)
      },
      (error: unknown) => this.#tell('onError', error),
    )
  }

  /**
   * Queues an event and returns its id: at once, or with a spool when it is on the disk. Throws
   * UsageQueueFull at the limit, RangeError for an event above 32 KiB. The result need not be awaited: a
   * rejection also goes to `onLost`.
   */
  record(event: UsageEvent): Promise<string> {
    const recording = this.#record(event)
    this.#recordings.add(recording)
    const done = () => void this.#recordings.delete(recording)
    recording.then(done, done)
    return recording
  }

  async #record(event: UsageEvent): Promise<string> {
    const sent = { ...event, id: event?.id ?? this.#parts.newId() } as SentEvent
    try {
      sent.time = timeOf(event.time ?? new Date(this.#parts.clock.now()))
      if (this.#closing) throw new Error('the client is closed')
      const text = JSON.stringify(sent)
      if (Buffer.byteLength(text) > maxEventBytes)
        throw new RangeError(`the event ${sent.id} takes more than ${maxEventBytes} bytes`)
      const waiting = await this.#parts.waiting
      await waiting.add(text)
      this.#start(waiting)
      if (waiting.size >= this.#most) this.#full.abort()
    } catch (error) {
      this.#tell('onLost', sent, error instanceof UsageQueueFull ? 'queue_full' : 'not_taken')
      throw error
    }
    return sent.id
  }

  /**
   * Sends what was recorded until now, without waiting for a batch to fill. Returns the number of events
   * still queued: 0, or what is left after `milliseconds`.
   */
  async flush({ milliseconds }: { milliseconds?: number } = {}): Promise<number> {
    const over = new AbortController()
    // The background timers do not keep the process alive, but a caller that awaits them must.
    const alive = setInterval(() => undefined, 60_000)
    this.#flushes += 1
    try {
      const patience =
        milliseconds === undefined
          ? []
          : [this.#parts.clock.wait(milliseconds, { signal: over.signal }).then(() => over.abort())]
      await Promise.race([this.#drain(over.signal), ...patience])
      return (await this.#parts.waiting).size
    } finally {
      this.#flushes -= 1
      over.abort()
      clearInterval(alive)
    }
  }

  async #drain(over: AbortSignal): Promise<void> {
    const waiting = await this.#parts.waiting
    await Promise.allSettled(this.#recordings)
    while (waiting.size > 0 && !over.aborted) {
      this.#start(waiting)
      this.#full.abort()
      this.#again.abort()
      await this.#sending
    }
  }

  /**
   * Flushes, and accepts no more events. What is still queued is in the spool, or passed to `onLost`: it may
   * not have arrived.
   */
  close({ milliseconds = 5000 }: { milliseconds?: number } = {}): Promise<number> {
    this.#closing ??= this.#close(milliseconds)
    return this.#closing
  }

  async #close(milliseconds: number): Promise<number> {
    const left = await this.flush({ milliseconds })
    this.#stop.abort(new Error('the client is closed'))
    this.#full.abort()
    this.#again.abort()
    await this.#sending
    const waiting = await this.#parts.waiting
    if (!waiting.outlives) await this.#lose(waiting)
    await waiting.close()
    return left
  }

  async #lose(waiting: WaitingEvents): Promise<void> {
    for (const event of await waiting.oldest(Infinity, Infinity))
      this.#tell('onLost', JSON.parse(event) as SentEvent, 'exit')
    await waiting.settle(waiting.size)
  }

  /** Reports, as the process exits, what is lost with it: nothing can be sent any more. */
  abandon(): void {
    for (const event of this.#waiting?.leave() ?? [])
      this.#tell('onLost', JSON.parse(event) as SentEvent, 'exit')
    this.#losses.tellNow()
  }

  #start(waiting: WaitingEvents): void {
    this.#sending ??= this.#sendAll(waiting).finally(() => {
      this.#sending = undefined
      // An event may have been added at the moment the last one was settled.
      if (waiting.size > 0 && !this.#stop.signal.aborted) this.#start(waiting)
    })
  }

  async #sendAll(waiting: WaitingEvents): Promise<void> {
    let failures = 0
    while (waiting.size > 0) {
      if (failures === 0) await this.#gather(waiting)
      if (this.#stop.signal.aborted) return
      const failure = await this.#sendOldest(waiting).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      failures = failure ? failures + 1 : 0
      if (this.#stop.signal.aborted) return
      if (failure) await this.#recover(failures, failure.error)
    }
  }

  /** Lets a batch fill, unless a flush is waiting. */
  async #gather(waiting: WaitingEvents): Promise<void> {
    if (waiting.size >= this.#most || this.#flushes > 0) return
    this.#full = new AbortController()
    await this.#parts.clock.wait(this.#parts.batch.milliseconds, {
      signal: this.#full.signal,
      background: true,
    })
  }

  /** A flush ends our own delay early, once, but not the one the server asked for. */
  async #recover(failures: number, error: unknown): Promise<void> {
    this.#again = new AbortController()
    const signal = requestedDelay(error) === undefined ? this.#again.signal : this.#stop.signal
    this.#tell('onError', error)
    await this.#parts.clock.wait(delayAfter(failures, error, this.#parts.random), {
      signal,
      background: true,
    })
  }

  async #sendOldest(waiting: WaitingEvents): Promise<void> {
    const events = await waiting.oldest(this.#most, maxBatchBytes)
    if (events.length === 0) return
    try {
      const answer = JSON.parse(
        (
          await this.#parts.transport.sendOnce({
            method: 'POST',
            path: '/events',
            body: `[${events.join(',')}]`,
            signal: this.#stop.signal,
          })
        ).toString('utf8'),
      ) as Recorded
      for (const { index, code, detail } of answer.rejected)
        this.#tell('onRejected', JSON.parse(events[index]!) as SentEvent, { code, detail })
      this.#most = Math.min(this.#parts.batch.events, this.#most * 2)
      await waiting.settle(events.length)
    } catch (error) {
      if (
        !(error instanceof ApiError)
        || !rejectedAsWhole.includes(error.status)
        || error.code === 'unexpected_answer'
      )
        throw error
      await this.#divide(waiting, events, error)
    }
  }

  /** Sends smaller batches until the event that the server cannot read is alone, and reports it. */
  async #divide(waiting: WaitingEvents, events: string[], { code, message }: ApiError): Promise<void> {
    if (events.length > 1) {
      this.#most = Math.ceil(events.length / 2)
      return
    }
    this.#tell('onRejected', JSON.parse(events[0]!) as SentEvent, { code, detail: message })
    await waiting.settle(1)
  }

  /**
   * Calls a listener. Without one, an event that will not be counted is a process warning. A listener that
   * throws must not stop the sending; that is a warning as well.
   */
  #tell<L extends keyof UsageListeners>(
    listener: L,
    ...args: Parameters<NonNullable<UsageListeners[L]>>
  ): void {
    try {
      const callback = this.#parts[listener] as ((...args: unknown[]) => void) | undefined
      if (callback) callback(...args)
      else if (listener !== 'onError') this.#losses.add((args[0] as SentEvent).id, reasonOf(args[1]))
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}

/** One warning for everything lost for one reason at one time, which may be thousands of events. */
function warnings() {
  const lost = new Map<string, string[]>()
  const writeAll = (warn: (text: string) => void) => {
    for (const [reason, ids] of lost) {
      warn(
        `${ids.length} usage ${ids.length === 1 ? 'event' : 'events'} will not be counted (${reason}): `
          + `${ids.slice(0, maxNamed).join(', ')}${ids.length > maxNamed ? ', …' : ''}`,
      )
    }
    lost.clear()
  }
  return {
    /** At process exit: a warning would come too late. */
    tellNow: () => writeAll((text) => process.stderr.write(`UsageEventLost: ${text}\n`)),
    add(id: string, reason: string) {
      if (lost.size === 0) setImmediate(() => writeAll((text) => process.emitWarning(text, 'UsageEventLost')))
      lost.set(reason, [...(lost.get(reason) ?? []), id])
    },
  }
}

const maxNamed = 10
const reasonOf = (reason: unknown) =>
  typeof reason === 'string' ? reason : `rejected: ${(reason as { code: string }).code}`

function timeOf(time: string | Date): string {
  return typeof time === 'string' ? time : time.toISOString()
}
