import { ApiError, UnreachableError } from './api-error.ts'

/** The answer to what was sent was lost, and the server says that it was not done. */
export class NotDoneError extends Error {}
/**
 * The answer to what was sent was lost, and the server can't be asked either. Sent again under its key or id
 * it is not done twice.
 */
export class UnknownOutcomeError extends Error {}

/** Whether what was sent lost its answer on the way, so that the server had to be asked what became of it. */
export const isLostAnswer = (error: unknown): error is NotDoneError | UnknownOutcomeError =>
  error instanceof NotDoneError || error instanceof UnknownOutcomeError

/**
 * How what became of it is asked: after how many milliseconds each time, how often at most, and how often it
 * must be missing, since it may still be on its way.
 */
export const lookUp = { pause: 2_000, most: 6, missing: 3 }

const isLost = (error: unknown) =>
  error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500)
const pause = () => new Promise((resolve) => setTimeout(resolve, lookUp.pause))

/**
 * Sends something under a key or id of its own. Where the answer is lost, looks by `find` for what became of
 * it and says nothing the server did not: what was found or refused, NotDoneError where it is not there,
 * UnknownOutcomeError where nobody can be asked. `onLost` is called when it begins to look.
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
 * Sends what may be sent again as it is, since what is done already stays so: until it is answered, a few
 * times. Throws UnknownOutcomeError where it never is.
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
