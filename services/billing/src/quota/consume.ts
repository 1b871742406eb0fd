import type { Engine } from '../engine.ts'
import type { Consumed, ConsumeMode } from './command.ts'
import { askQuota } from './transactions.ts'

/**
 * Checks and records in one step. Where overage is blocked, at most the remaining allowance is granted,
 * whatever runs at the same time (with `mode: 'all'` the whole quantity or nothing); where it is billed,
 * everything. Nothing granted records nothing, so the id stays free. The same id again answers the same
 * grant.
 */
export async function consume(
  engine: Engine,
  input: {
    customerId: string
    meter: string
    id: string
    quantity?: number | string
    mode?: ConsumeMode
    properties?: Record<string, unknown>
  },
): Promise<Consumed> {
  return askQuota(engine, { kind: 'consume', ...input })
}
