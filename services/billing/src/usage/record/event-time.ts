import type { Code } from '../../errors.ts'
import { parseInstant, type Instant } from '../../values/instant.ts'
import { timeUnreadable } from './event-fault.ts'
import { maxAheadSeconds, maxLateDays, type TakenTimes } from '../totals/taken-times.ts'

/** Why something is not taken: its code and an English sentence. */
export interface Rejection {
  code: Code
  detail: string
}

/** Returns the instant of an event, or why it is too old, ahead of the clock, or no instant. */
export function timeOf(text: string, { at, from, to }: TakenTimes): Instant | Rejection {
  const time = parseInstant(text)
  if (!time) return { code: 'validation_failed', detail: timeUnreadable(text) }
  if (time < from)
    return {
      code: 'event_too_old',
      detail:
        `time ${time} is more than ${maxLateDays} days ago: as history, which is shown and not billed, `
        + 'it is taken with historical: true',
    }
  if (time > to)
    return {
      code: 'event_in_future',
      detail: `time ${time} is more than ${maxAheadSeconds / 60} minutes ahead of the server's ${at}`,
    }
  return time
}

/** Returns the instant of historical usage: older than what is still billed, and within what is kept. */
export function timeOfHistory(
  text: string | undefined,
  { from, historyFrom }: TakenTimes,
): Instant | Rejection {
  const time = parseInstant(text ?? '')
  if (text === undefined)
    return { code: 'validation_failed', detail: 'a historical event says when it was: time is missing' }
  if (!time) return { code: 'validation_failed', detail: timeUnreadable(text) }
  if (time >= from)
    return {
      code: 'event_too_recent',
      detail:
        `time ${time} is not more than ${maxLateDays} days ago: usage of then is recorded without `
        + 'historical, and counts',
    }
  if (time < historyFrom)
    return {
      code: 'event_too_old',
      detail: `time ${time} is before ${historyFrom}, from which on history is taken`,
    }
  return time
}
