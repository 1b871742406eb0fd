import { NotDoneError, UnknownOutcomeError } from './lost-answer.ts'
import { useTexts } from './texts/index.ts'

/** Whether a command's answer was lost on its way. */
export const isLostAnswer = (error: unknown): error is NotDoneError | UnknownOutcomeError =>
  error instanceof NotDoneError || error instanceof UnknownOutcomeError

/** What is known of a command whose answer was lost. */
export function useLostText() {
  const { t } = useTexts()
  return (error: NotDoneError | UnknownOutcomeError) =>
    t(error instanceof NotDoneError ? 'state.notDone' : 'state.unknownOutcome')
}
