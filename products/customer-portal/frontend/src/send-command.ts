import { orMissing } from '@customer-portal/ui/api-error.ts'
import { sendSurely } from '@customer-portal/ui/lost-answer.ts'
import { api } from './api.ts'

/**
 * Sends a command. Where its answer is lost on the way, asks the server by the command's key what became of
 * it; `onLost` is called when it begins to ask.
 */
export function sendCommand<Done extends object>(
  send: () => Promise<Done>,
  key: string,
  onLost: () => void,
): Promise<Done> {
  return sendSurely(
    send,
    // Done or refused: the same call again is answered with what was kept.
    async () => ((await orMissing(api.command(key))) ? send() : undefined),
    onLost,
  )
}
