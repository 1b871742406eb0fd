import { ownedBy, type Engine } from '../engine.ts'
import type { QuotaAnswers, QuotaCommand, QuotaOutcome } from './command.ts'
import { cacheMonths } from '../usage/totals/month.ts'
import { contextCacheOf } from './context.ts'
import { runGroup, IdTakenConcurrently } from './group.ts'
import { quotaQueue } from './queue.ts'

const maxAttempts = 5

/** PGlite runs one transaction at a time, so no lock is ever taken by another. */
const limits = {
  postgres: { perGroup: 500, waiting: 10_000, waitingPerCustomer: 2_000, shared: 2, alone: 4 },
  pglite: { perGroup: 500, waiting: 10_000, waitingPerCustomer: 2_000, shared: 1, alone: 1 },
}

const queueOf = (engine: Engine) =>
  quotaQueue((commands, lane) => answerIn(engine, commands, lane), limits[engine.db.kind])

/**
 * Executes one command, in a transaction shared with concurrent requests of this process or in the engine's
 * own. Throws as if it had run alone.
 */
export async function runQuotaCommand<C extends QuotaCommand>(
  engine: Engine,
  command: C,
): Promise<QuotaAnswers[C['kind']]> {
  if ('query' in engine) {
    const [outcome] = await answerIn(engine, [command], { wait: true })
    if (outcome === undefined || outcome === 'locked')
      throw new Error("a command that waits for its lock returned 'locked'")
    if ('error' in outcome) throw outcome.error
    return outcome.answer as QuotaAnswers[C['kind']]
  }
  return ownedBy(engine, queueOf).ask(command)
}

async function answerIn(
  engine: Engine,
  commands: QuotaCommand[],
  options: { wait: boolean },
): Promise<QuotaOutcome[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { outcomes, times } = await engine.transaction(
        (tx) => runGroup(tx, contextCacheOf(engine), commands, options),
        { keepPlans: true },
      )
      if (!('query' in engine)) cacheMonths(engine, times)
      return outcomes
    } catch (error) {
      if (!(error instanceof IdTakenConcurrently) || 'query' in engine || tries === maxAttempts) throw error
    }
  }
}
