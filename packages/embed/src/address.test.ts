import { expect, test } from 'vitest'
import { portalAddress } from './address.ts'

test('on the same origin the portal is a path of it', () => {
  const portal = portalAddress('/portal', 'http://127.0.0.1:8000/workbench/account')
  expect(portal.origin).toBe('http://127.0.0.1:8000')
  expect(portal.sameOrigin).toBe(true)
  expect(portal.page('/subscription')).toBe('http://127.0.0.1:8000/portal/subscription?embed=1')
  expect(portal.page('/usage?period=2026-11')).toBe(
    'http://127.0.0.1:8000/portal/usage?period=2026-11&embed=1',
  )
})

test('on another origin messages are addressed to that origin', () => {
  const portal = portalAddress('https://billing.example.com/portal/', 'https://desk.example.com/')
  expect(portal.origin).toBe('https://billing.example.com')
  expect(portal.sameOrigin).toBe(false)
  expect(portal.page('/')).toBe('https://billing.example.com/portal/?embed=1')
  expect(portal.settings).toBe('https://billing.example.com/portal/settings.json')
})

test('a path can never lead out of the portal', () => {
  const portal = portalAddress('/portal', 'http://127.0.0.1:8000/')
  for (const path of [
    '//evil.example/x',
    '/../../api/workbench/me',
    '/\\evil.example',
    '/x?embed=0#/../..',
  ]) {
    const { origin, pathname, searchParams } = new URL(portal.page(path))
    expect([origin, pathname.startsWith('/portal/'), searchParams.getAll('embed')]).toEqual([
      'http://127.0.0.1:8000',
      true,
      ['1'],
    ])
  }
})
