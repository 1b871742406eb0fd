import { useI18n } from 'vue-i18n'
import { ApiError } from './api.ts'
import { NotDoneError, UnknownOutcomeError } from './lost-answer.ts'

/** What went wrong, in the agent's language. */
export function useErrorText() {
  const { t } = useI18n()
  return (error: unknown): string => {
    if (error instanceof NotDoneError) return t('error.notDone')
    if (error instanceof UnknownOutcomeError) return t('error.unknownOutcome')
    if (!(error instanceof ApiError)) return t('error.unknown')
    return error.code === 'offline' ? t('error.offline') : error.message || t('error.unknown')
  }
}
