import { ApiError } from './api.ts'

/** The answer to what was sent was lost, and the server says that it does not have it. */
export class NotDoneError extends Error {}
/**
 * The answer to what was sent was lost, and the server can't be asked either. Sent again under its id it is
 * there once.
 */
export class UnknownOutcomeError extends Error {}

/**
 * After how many milliseconds each time what was sent is looked for, how often at most, and how often it must
 * be missing, since it may still be on its way.
 */
export const lookUp = { pause: 2_000, most: 6, missing: 3 }

const isLost = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500)

/**
 * Sends something under an id of its own. Where the answer is lost, looks for it by `find` and says nothing
 * the server did not: what was found, NotDoneError where it is not there, UnknownOutcomeError where nobody
 * can be asked. `onLost` is called when it begins to look.
 */
export async function sendSurely<Done>(
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
    await new Promise((resolve) => setTimeout(resolve, lookUp.pause))
    try {
      const found = await find()
      if (found !== undefined) return found
      missing += 1
    } catch (error) {
      if (!isLost(error)) throw error
    }
    if (missing === lookUp.missing) throw new NotDoneError('what was sent is not there')
  }
  throw new UnknownOutcomeError('nobody knows whether what was sent arrived')
}
