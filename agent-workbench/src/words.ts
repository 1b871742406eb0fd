import type { Words } from '@customer-portal/ui/words.ts'
import { t } from './texts/index.ts'
import { useErrorText } from './use-error-text.ts'

/** The texts of the shared components in the workbench. */
export const words: Words = {
  close: () => t('dismiss'),
  retry: () => t('error.retry'),
  failed: () => t('error.title'),
  reason: useErrorText(),
  requestId: (id) => t('error.requestId', { id }),
}
