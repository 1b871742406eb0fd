import type { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'

/** A command that counts against a quota. `id` is in the customer's one id space; quantities are units. */
export type QuotaCommand =
  | {
      kind: 'consume'
      customerId: string
      meter: string
      id: string
      quantity?: number | string
      mode?: ConsumeMode
      properties?: Record<string, unknown>
    }
  | {
      kind: 'reserve'
      customerId: string
      meter: string
      id: string
      quantity: number | string
      ttlSeconds: number
      properties?: Record<string, unknown>
    }
  | {
      kind: 'settle'
      customerId: string
      meter: string
      id: string
      quantity: number | string
      properties?: Record<string, unknown>
    }
  | { kind: 'release'; customerId: string; meter: string; id: string }

/**
 * Under a blocking limit: grant what is left (`partial`, the default), or the whole quantity or nothing
 * (`all`).
 */
export type ConsumeMode = 'partial' | 'all'

/** The result of `consume`. Quantities are units; `overage` is the part of this grant above the allowance. */
export interface Consumed {
  granted: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

/**
 * The result of `reserve`: the units reserved until `expiresAt`, which is null where nothing was reserved.
 */
export interface Reserved {
  granted: number
  remaining: number | null
  expiresAt: Instant | null
  duplicate: boolean
}

/**
 * The result of `settle`. `granted` was recorded; `excess` was used too but is not counted, because the limit
 * had no room.
 */
export interface Settled {
  granted: number
  excess: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

export interface Released {
  remaining: number | null
  duplicate: boolean
}

export interface QuotaAnswers {
  consume: Consumed
  reserve: Reserved
  settle: Settled
  release: Released
}

/**
 * The outcome of one command; commands that share a transaction succeed or fail alone. 'locked': another
 * transaction has its customer's lock.
 */
export type QuotaOutcome = { answer: QuotaAnswers[keyof QuotaAnswers] } | { error: BillingError } | 'locked'
