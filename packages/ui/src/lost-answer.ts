import { ApiError, UnreachableError } from './api-error.ts'

/** Thrown when the response was lost and the server reports that the command was not done. */
export class NotDoneError extends Error {}
/**
 * Thrown when the response was lost and the server cannot be reached to look up the outcome. Sending the
 * command again with the same key or id does not do it twice.
 */
export class UnknownOutcomeError extends Error {}

/** Returns whether an error means that the response was lost and the outcome had to be looked up. */
export const isLostAnswer = (error: unknown): error is NotDoneError | UnknownOutcomeError =>
  error instanceof NotDoneError || error instanceof UnknownOutcomeError

/**
 * How the outcome is looked up: the delay before each lookup in milliseconds, the maximum number of lookups,
 * and how often the command must be missing, because it may still be on its way.
 */
export const lookUp = { pause: 2_000, most: 6, missing: 3 }

const isLost = (error: unknown) =>
  error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500)
const pause = () => new Promise((resolve) => setTimeout(resolve, lookUp.pause))

/**
 * Sends a command with a key or id of its own. If the response is lost, looks up the outcome with `find`:
 * returns what was found, or throws its rejection, NotDoneError if it was not done, or UnknownOutcomeError if
 * the server cannot be reached. Calls `onLost` before the lookup.
 */
export async function sendSurely<Done extends NonNullable<unknown>>(
  send: () => Promise<Done>,
  find: () => Promise<Done | undefined>,
  onLost: () => void,
): Promise<Done> {
  try {
    return await send()
  } catch (error) {
    if (!isLost(error)) throw error
  }
  onLost()
  for (let asked = 0, missing = 0; asked < lookUp.most; asked += 1) {
    await pause()
    try {
      const found = await find()
      if (found !== undefined) return found
      missing += 1
    } catch (error) {
      if (!isLost(error)) throw error
    }
    if (missing === lookUp.missing) throw new NotDoneError('what was sent was not done')
  }
  throw new UnknownOutcomeError('nobody knows whether what was sent was done')
}

/**
 * Sends an idempotent command, and retries it a few times until there is a response. Throws
 * UnknownOutcomeError if there is none.
 */
export async function sendAgain<Done>(send: () => Promise<Done>): Promise<Done> {
  for (let sent = 0; sent < lookUp.most; sent += 1) {
    if (sent > 0) await pause()
    try {
      return await send()
    } catch (error) {
      if (!isLost(error)) throw error
    }
  }
  throw new UnknownOutcomeError('nobody knows whether what was sent was done')
}
