/**
 * What a secret key may be allowed to do. `admin` allows everything, also what concerns keys and the test
 * clock.
 */
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

/** Reading and writing of one kind together. */
const wholeKinds = ['catalogue:*', 'customers:*', 'invoices:*', 'payments:*', 'agents:*'] as const

/** What may be granted to a key: a scope, or all of one kind. */
export const grantableScopes = [...keyScopes, ...wholeKinds] as const
export type GrantableScope = (typeof grantableScopes)[number]

/** Sets of scopes by name: look at everything; send usage and ask for quota; do everything. */
export const keyPresets = {
  read: keyScopes.filter((scope) => scope.endsWith(':read')),
  events: ['events:write', 'usage:read'],
  full: ['admin'],
} as const satisfies Record<string, readonly GrantableScope[]>
export type KeyPreset = keyof typeof keyPresets

/** Whether a key with the scopes `granted` may do what needs `needed`. Writing does not include reading. */
export function allowsScope(granted: readonly string[], needed: KeyScope): boolean {
  const [kind] = needed.split(':')
  return granted.some((scope) => scope === needed || scope === 'admin' || scope === `${kind}:*`)
}
