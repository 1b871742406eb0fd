import { literal } from './parameter.ts'
import type { Access } from './types.ts'

/**
 * BEGIN, the role and its customer as one string: one round trip. A read-only transaction sees one snapshot
 * for all its statements.
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

/** Switches to the role of the transaction before anything else runs; the owner keeps its own. */
export function roleStatement(access: Access | 'owner'): string {
  return `SET LOCAL ROLE ${access === 'owner' ? 'NONE' : access.role}`
}
