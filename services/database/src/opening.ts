import { literal } from './parameter.ts'
import type { Access } from './types.ts'

/**
 * BEGIN, the role, and the customer it may see, as one string: one round trip. What only reads sees one
 * moment, however many statements it takes.
 */
export function openingStatements(access: Access | 'owner', readOnly: boolean): string {
  const begin = readOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN'
  if (access === 'owner') return begin
  if (access.role === 'billing') return `${begin}; ${roleStatement(access)}`
  return (
    `${begin}; ${roleStatement(access)}; SELECT set_config('app.customer_id', `
    + `${literal(access.customerId)}, true)`
  )
}

/** What a transaction becomes before it does anything: the owner stays the owner. */
export function roleStatement(access: Access | 'owner'): string {
  return `SET LOCAL ROLE ${access === 'owner' ? 'NONE' : access.role}`
}
