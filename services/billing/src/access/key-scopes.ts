/** The scopes of secret keys. `admin` allows everything, including keys and the test clock. */
export const keyScopes = [
  'catalogue:read',
  'catalogue:write',
  'customers:read',
  'customers:write',
  'events:write',
  'usage:read',
  'invoices:read',
  'invoices:write',
  'payments:read',
  'payments:write',
  'portal-sessions:write',
  'agents:read',
  'agents:write',
  'admin',
] as const
export type KeyScope = (typeof keyScopes)[number]

/** Reading and writing of one kind. */
const wholeKinds = ['catalogue:*', 'customers:*', 'invoices:*', 'payments:*', 'agents:*'] as const

/** What a key may be granted: a scope, or all of one kind. */
export const grantableScopes = [...keyScopes, ...wholeKinds] as const
export type GrantableScope = (typeof grantableScopes)[number]

/** Presets of scopes: read everything; send usage and check quota; everything. */
export const keyPresets = {
  read: keyScopes.filter((scope) => scope.endsWith(':read')),
  events: ['events:write', 'usage:read'],
  full: ['admin'],
} as const satisfies Record<string, readonly GrantableScope[]>
export type KeyPreset = keyof typeof keyPresets

/**
 * Returns whether a key with the scopes `granted` may do what requires `needed`. Writing does not include
 * reading.
 */
export function allowsScope(granted: readonly string[], needed: KeyScope): boolean {
  const [kind] = needed.split(':')
  return granted.some((scope) => scope === needed || scope === 'admin' || scope === `${kind}:*`)
}
