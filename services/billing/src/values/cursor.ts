import { BillingError } from '../errors.ts'
import { parseInstant } from './instant.ts'

/** One page of a list. `nextCursor` is opaque; null on the last page. */
export interface Page<T> {
  data: T[]
  nextCursor: string | null
}

export const maxPageSize = 100

/** Number of rows to read: 20 by default, 1 to 100. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return 20
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageSize)
    throw new BillingError('invalid_range', {
      pointer: '?limit',
      message: `limit must be from 1 to ${maxPageSize}, not ${limit}`,
    })
  return limit
}

export function encodeCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** The type of one value in a cursor, after its first instant. */
export type CursorPart = 'text' | 'instant' | 'number'

const isValid: Record<CursorPart, (part: string) => boolean> = {
  text: () => true,
  instant: (part) => parseInstant(part) === part,
  number: (part) => /^\d{1,15}$/.test(part),
}

/**
 * Decodes a cursor into an instant and further values, `size` in all; they are texts unless `parts` names
 * another type. Throws invalid_cursor for a cursor this API did not make.
 */
export function decodeCursor(
  cursor: string | undefined,
  size: number,
  parts: readonly CursorPart[] = [],
): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (
      Array.isArray(position)
      && position.length === size
      && position.every(isStorable)
      && ['instant' as const, ...parts].every((part, index) => isValid[part](position[index]!))
    )
      return position
  } catch {
    // Falls through to the invalid_cursor error below.
  }
  throw invalidCursor()
}

export function invalidCursor(): BillingError {
  return new BillingError('invalid_cursor', {
    pointer: '?cursor',
    message: 'the cursor is not one this list gave out: start without it',
  })
}

/** PostgreSQL stores neither NUL nor an unpaired surrogate. */
function isStorable(part: unknown): part is string {
  return typeof part === 'string' && !part.includes('\u0000') && part.isWellFormed()
}
