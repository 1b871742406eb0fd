import { ApiError, UnreachableError } from '@customer-portal/ui/api-error.ts'
import { NotDoneError, UnknownOutcomeError } from '@customer-portal/ui/lost-answer.ts'
import { useTexts } from './texts/index.ts'

/** An error as a sentence in the agent's language. */
export function useErrorText() {
  const { t } = useTexts()
  return (error: unknown): string => {
    if (error instanceof NotDoneError) return t('error.notDone')
    if (error instanceof UnknownOutcomeError) return t('error.unknownOutcome')
    if (error instanceof UnreachableError) return t('error.offline')
    const problem = error instanceof ApiError ? error.problem : undefined
    return problem?.errors?.[0]?.detail ?? problem?.detail ?? t('error.unknown')
  }
}
