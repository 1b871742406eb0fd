import type { Scheduled, Subscription } from '@customer-portal/portal-api/contract'
import { ApiError } from '@customer-portal/ui/api-error.ts'
import { sendAgain, isLostAnswer } from '@customer-portal/ui/lost-answer.ts'
import { toast } from '@customer-portal/ui/toasts.ts'
import { api } from '../api.ts'
import { sendCommand } from '../send-command.ts'
import { queryClient } from '../queries.ts'
import { reads } from '../reads.ts'
import { useTexts } from '../texts/index.ts'
import { useLostText } from '../use-lost-text.ts'

/** Sends a command with an idempotency key, by which its outcome is looked up when the response is lost. */
function surely<Done extends object>(send: (key: string) => Promise<Done>): Promise<Done> {
  const key = crypto.randomUUID()
  return sendCommand(
    () => send(key),
    key,
    () => undefined,
  )
}

/** Shows a changed subscription, and reloads what depends on it. */
export function showSubscription({ subscription }: Pick<Scheduled, 'subscription'>) {
  queryClient.setQueryData(reads.subscription.queryKey, subscription)
  void queryClient.invalidateQueries()
}

/** The undo actions of messages about the subscription, and the message afterwards. */
export function useUndo() {
  const { t } = useTexts()
  const lostText = useLostText()
  async function undo(take: () => Promise<Scheduled>, done: string) {
    try {
      showSubscription(await take())
      toast('success', done)
    } catch (error) {
      if (isLostAnswer(error)) toast('error', lostText(error))
      else
        toast(
          'error',
          t('subscription.undoFailed'),
          error instanceof ApiError ? error.problem?.detail : undefined,
        )
    }
  }
  const undoScheduledChange = () => undo(() => sendAgain(api.undoScheduledChange), t('subscription.undone'))

  /** A cancellation replaces a scheduled change, so undoing it also restores that change. */
  async function resumed({ scheduledChange }: Subscription): Promise<Scheduled> {
    const after = await surely((key) => api.resume(key))
    if (scheduledChange?.by !== 'customer') return after
    const { planId, seats } = scheduledChange
    return surely((key) => api.downgrade({ planId, ...(seats === null ? {} : { seats }) }, key))
  }
  return {
    undoScheduledChange,
    ofScheduledChange: () => ({ label: t('action.undo'), run: undoScheduledChange }),
    ofCancellation: (before: Subscription) => ({
      label: t('action.undo'),
      run: () => undo(() => resumed(before), t('end.resumed')),
    }),
  }
}
