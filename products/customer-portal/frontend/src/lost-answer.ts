import { api, ApiError, UnreachableError } from './api.ts'

/** The answer to a command was lost, and the server says that it was not done. */
export class NotDoneError extends Error {}
/**
 * The answer to a command was lost, and the server can't be asked either. Sent again under its key it is not
 * done twice.
 */
export class UnknownOutcomeError extends Error {}

/**
 * How what became of a command is asked: after how many milliseconds each time, how often at most, and how
 * often the server must not know it, since it may still be running.
 */
export const lookUp = { pause: 2_000, most: 6, unknown: 3 }

const isLost = (error: unknown) =>
  error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500)

/**
 * Sends a command. Where its answer is lost on the way, asks the server by the command's key what became of
 * it, and says nothing it does not know: the command's own answer where it was done or refused, NotDoneError
 * where it was not, UnknownOutcomeError where that can't be learned. `onLost` is called when it begins to
 * ask.
 */
export async function sendSurely<Done>(
  send: () => Promise<Done>,
  key: string,
  onLost: () => void,
): Promise<Done> {
  try {
    return await send()
  } catch (error) {
    if (!isLost(error)) throw error
  }
  onLost()
  for (let asked = 0, unknown = 0; asked < lookUp.most && unknown < lookUp.unknown; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, lookUp.pause))
    try {
      await api.command(key)
      // Done or refused: the same call again is answered with what was kept.
      return await send()
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) unknown += 1
      else if (!isLost(error)) throw error
      if (unknown === lookUp.unknown) throw new NotDoneError('the command was not done', { cause: error })
    }
  }
  throw new UnknownOutcomeError('nobody knows whether the command was done')
}

/**
 * Sends a command that may be sent again as it is, since what is done already stays so: until it is answered,
 * a few times. Throws UnknownOutcomeError where it never is.
 */
export async function sendAgain<Done>(send: () => Promise<Done>): Promise<Done> {
  for (let sent = 0; sent < lookUp.most; sent += 1) {
    if (sent > 0) await new Promise((resolve) => setTimeout(resolve, lookUp.pause))
    try {
      return await send()
    } catch (error) {
      if (!isLost(error)) throw error
    }
  }
  throw new UnknownOutcomeError('nobody knows whether the command was done')
}
