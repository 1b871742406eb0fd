import { DatabaseUnavailable } from '@customer-portal/database'
import { groupQueue, type GroupLimits, type Lane } from '../sharing/group-queue.ts'
import type { QuotaAnswers, QuotaCommand, QuotaOutcome } from './command.ts'

/**
 * Batches commands: those that arrive while transactions run share the next one. A customer's commands run in
 * order, one transaction at a time. A command that fails unexpectedly fails alone.
 */
export function quotaQueue(
  run: (commands: QuotaCommand[], lane: Lane) => Promise<QuotaOutcome[]>,
  limits: GroupLimits,
) {
  const queue = groupQueue<QuotaCommand, Exclude<QuotaOutcome, 'locked'>>({
    limits,
    run,
    customerOf: ({ customerId }) => customerId,
    isOneAtATime: true,
    isOfOneItem: (error) => !(error instanceof DatabaseUnavailable),
    words: { items: 'requests about quotas', remedy: 'try again in a moment' },
  })
  return {
    async ask<C extends QuotaCommand>(command: C): Promise<QuotaAnswers[C['kind']]> {
      const [outcome] = await queue([command])
      if ('error' in outcome!) throw outcome.error
      return outcome!.answer as QuotaAnswers[C['kind']]
    },
  }
}
