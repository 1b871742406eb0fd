import { BillingError } from '@customer-portal/billing'

interface Place {
  updatedAt: string
  id: string
}

/** The end of a page of conversations as an opaque text. */
export function cursorOf({ updatedAt, id }: Place): string {
  return Buffer.from(JSON.stringify([updatedAt, id])).toString('base64url')
}

/** Parses a cursor. Throws `invalid_cursor` for a text that `cursorOf` did not write. */
export function placeOf(cursor: string): Place {
  try {
    const [updatedAt, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (
      rest.length === 0
      && typeof updatedAt === 'string'
      && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(updatedAt)
      && !Number.isNaN(Date.parse(updatedAt))
      && typeof id === 'string'
      && !id.includes('\0')
    )
      return { updatedAt, id }
  } catch {
    // Not our JSON: the same mistake as a wrong shape.
  }
  throw new BillingError('invalid_cursor', {
    pointer: '/cursor',
    message: 'The cursor is not one this list gave.',
  })
}
