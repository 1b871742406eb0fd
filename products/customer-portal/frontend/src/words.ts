import { ApiError, UnreachableError } from '@customer-portal/ui/api-error.ts'
import { isLostAnswer } from '@customer-portal/ui/lost-answer.ts'
import type { Words } from '@customer-portal/ui/words.ts'
import { t } from './texts/index.ts'
import { useLostText } from './use-lost-text.ts'

const lostText = useLostText()

function reason(error: unknown): string {
  if (error instanceof ApiError && error.status === 403) return t('state.forbidden')
  if (isLostAnswer(error)) return lostText(error)
  if (error instanceof ApiError) return error.problem?.detail ?? t('state.failedUnknown')
  return t(error instanceof UnreachableError ? 'state.failedUnreachable' : 'state.failedUnknown')
}

/** The texts of the shared components in the portal. */
export const words: Words = {
  close: () => t('action.close'),
  retry: () => t('action.retry'),
  failed: () => t('state.failed'),
  reason,
  requestId: (id) => t('state.requestId', { id }),
}
