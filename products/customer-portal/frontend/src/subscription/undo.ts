import type { Scheduled, Subscription } from '@customer-portal/portal-api/contract'
import { api, ApiError } from '../api.ts'
import { queryClient } from '../queries.ts'
import { useTexts } from '../texts/index.ts'
import { toast } from '../toasts.ts'

/** Puts a changed subscription on screen, and has what follows from it read again. */
export function showSubscription({ subscription }: Pick<Scheduled, 'subscription'>) {
  queryClient.setQueryData(['subscription'], subscription)
  void queryClient.invalidateQueries()
}

/** Taking back what was changed about the subscription, as what a message offers, and what is told afterwards. */
export function useUndo() {
  const { t } = useTexts()
  async function undo(take: () => Promise<Scheduled>, done: string) {
    try {
      showSubscription(await take())
      toast('success', done)
    } catch (error) {
      toast('error', t('subscription.undoFailed'), error instanceof ApiError ? error.problem?.detail : undefined)
    }
  }
  const undoScheduledChange = () => undo(api.undoScheduledChange, t('subscription.undone'))

  /** A cancellation takes the place of what was scheduled before it: taking it back brings that back too. */
  async function resumed({ scheduledChange }: Subscription): Promise<Scheduled> {
    const after = await api.resume(crypto.randomUUID())
    if (scheduledChange?.by !== 'customer') return after
    return api.downgrade({ planId: scheduledChange.planId, seats: scheduledChange.seats }, crypto.randomUUID())
  }
  return {
    undoScheduledChange,
    ofScheduledChange: () => ({ label: t('action.undo'), run: undoScheduledChange }),
    ofCancellation: (before: Subscription) => ({ label: t('action.undo'), run: () => undo(() => resumed(before), t('end.resumed')) }),
  }
}
