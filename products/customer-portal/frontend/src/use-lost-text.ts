import { NotDoneError, type UnknownOutcomeError } from '@customer-portal/ui/lost-answer.ts'
import { useTexts } from './texts/index.ts'

/** The sentence about a command whose response was lost. */
export function useLostText() {
  const { t } = useTexts()
  return (error: NotDoneError | UnknownOutcomeError) =>
    t(error instanceof NotDoneError ? 'state.notDone' : 'state.unknownOutcome')
}
