import { expect, test } from 'vitest'
import { accountPath, portalPath } from './account-path.ts'

test('each page of the portal has a path in the workbench, and back', () => {
  for (const path of ['/', '/subscription', '/invoices/inv_1', '/usage?period=2026-11', '/?tab=1'])
    expect(portalPath(accountPath(path))).toBe(path)
  expect(accountPath('/')).toBe('/account')
  expect(portalPath('/account/usage?a=1#x')).toBe('/usage?a=1')
})
