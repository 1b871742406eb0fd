import type { Engine } from '../engine.ts'
import type { Consumed, ConsumeMode } from './command.ts'
import { runQuotaCommand } from './transactions.ts'

/**
 * Checks and records in one step. Grants at most the remaining allowance where overage is blocked, under any
 * concurrency (with `mode: 'all'` the whole quantity or nothing), and everything where it is billed. A grant
 * of 0 records nothing, so the id stays free. Idempotent by id.
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
  return runQuotaCommand(engine, { kind: 'consume', ...input })
}
