import { addDays, earlier, type LocalDate } from '../values/date.ts'
import type { Phase } from './phase.ts'

/** A customer has one trial: whoever had a phase with one gets no other. */
export const hadTrial = ({ phases }: { phases: readonly Phase[] }) =>
  phases.some((phase) => phase.trialEnds !== null)

/**
 * Returns the date until which a trial continues in another phase: at most the new plan's own trial days,
 * counted from the trial's start. Null where it is over.
 */
export function trialLeft(last: Phase, to: Pick<Phase, 'plan' | 'from'>): LocalDate | null {
  if (last.trialEnds === null) return null
  const ends =
    to.plan.id === last.plan.id
      ? last.trialEnds
      : earlier(last.trialEnds, addDays(last.anchor, to.plan.trialDays))
  return to.from < ends ? ends : null
}
