import { expect, test } from 'vitest'
import { accountPath, portalAddress, portalPath } from './portal-address.ts'

test('on one origin the portal is a path of it', () => {
  const portal = portalAddress('/portal', 'http://127.0.0.1:8000')
  expect(portal.origin).toBe('http://127.0.0.1:8000')
  expect(portal.sameOrigin).toBe(true)
  expect(portal.frame('/subscription')).toBe('http://127.0.0.1:8000/portal/subscription?embed=1')
  expect(portal.frame('/usage?period=2026-11')).toBe('http://127.0.0.1:8000/portal/usage?period=2026-11&embed=1')
})

test('on two origins the messages are for the other one', () => {
  const portal = portalAddress('https://billing.example.com/portal/', 'https://desk.example.com')
  expect(portal.origin).toBe('https://billing.example.com')
  expect(portal.sameOrigin).toBe(false)
  expect(portal.frame('/')).toBe('https://billing.example.com/portal/?embed=1')
})

test('a path can never lead out of the portal', () => {
  const portal = portalAddress('/portal', 'http://127.0.0.1:8000')
  for (const path of ['//evil.example/x', '/../../api/workbench/me', '/\\evil.example', 'https://evil.example/']) {
    const { origin, pathname } = new URL(portal.frame(path))
    expect([origin, pathname.startsWith('/portal/')]).toEqual(['http://127.0.0.1:8000', true])
  }
})

test('each page of the portal has an address in the workbench, and back', () => {
  for (const path of ['/', '/subscription', '/invoices/inv_1', '/usage?period=2026-11', '/?tab=1']) expect(portalPath(accountPath(path))).toBe(path)
  expect(accountPath('/')).toBe('/account')
  expect(portalPath('/account/usage?a=1#x')).toBe('/usage?a=1')
})
