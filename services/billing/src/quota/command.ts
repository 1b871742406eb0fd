import type { BillingError } from '../errors.ts'
import type { Instant } from '../values/instant.ts'

/**
 * Something that is to be counted against a quota. `id` is in the customer's one space of ids; quantities are
 * units.
 */
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
 * Where a limit blocks: as much as is left (`partial`, the default), or the whole quantity or nothing
 * (`all`).
 */
export type ConsumeMode = 'partial' | 'all'

/** What `consume` answers. Quantities are units; `overage` is the part of this grant above the allowance. */
export interface Consumed {
  granted: number
  remaining: number | null
  overage: number
  duplicate: boolean
}

/** What `reserve` answers: the units held back until `expiresAt`, which is null where nothing was. */
export interface Reserved {
  granted: number
  remaining: number | null
  expiresAt: Instant | null
  duplicate: boolean
}

/**
 * What `settle` answers. `granted` was recorded; `excess` was used too and is not counted, since a limit had
 * no room for it.
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
 * What became of one command: it is answered or refused alone, whatever shares its transaction. 'locked':
 * somebody else is at work on its customer.
 */
export type QuotaOutcome = { answer: QuotaAnswers[keyof QuotaAnswers] } | { error: BillingError } | 'locked'
