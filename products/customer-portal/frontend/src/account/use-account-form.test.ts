import { updateCustomer } from '@customer-portal/billing'
import type { Account } from '@customer-portal/portal-api/contract'
import { lookUp } from '@customer-portal/ui/lost-answer.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { api } from '../api.ts'
import { queryClient } from '../queries.ts'
import { endSession, useToken } from '../session.ts'
import { testBrowser, type Browser } from '../testing.ts'
import { useAccountForm } from './use-account-form.ts'

let browser: Browser
let scope: EffectScope
beforeAll(async () => {
  lookUp.pause = 1
  browser = await testBrowser()
  vi.stubGlobal('fetch', browser.fetch)
  useToken({ token: await browser.tokenFor('acme'), customerId: 'acme' })
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await browser.server.close()
})
beforeEach(() => {
  browser.requests.length = 0
  browser.unreachable.clear()
  scope = effectScope()
})
afterEach(() => scope.stop())

const refetch = () =>
  queryClient.fetchQuery({ queryKey: ['account'], queryFn: () => api.account(), staleTime: 0 })
const shown = () => queryClient.getQueryData<Account>(['account'])!

/** The form of the contact's name, opened on the server's current account. */
async function openForm() {
  await refetch()
  const form = scope.run(() =>
    useAccountForm(
      'contact',
      shown,
      ({ contactName }) => ({ contactName: contactName ?? '' }),
      ({ contactName }) => ({ contactName }),
    ),
  )!
  form.edit()
  return form
}
const sent = () =>
  browser.requests
    .filter(({ method }) => method === 'PUT')
    .map(({ body, headers }) => ({ body, key: headers['Idempotency-Key'] }))

test('a concurrent change is not overwritten, even after the page has loaded it', async () => {
  const form = await openForm()
  const { version } = shown()
  await updateCustomer(browser.server.engine, { customerId: 'acme', contactName: '李雷', version })
  form.values.value.contactName = '韩梅梅'
  expect((await refetch()).version).toBe(version + 1)
  await form.save()
  expect([form.stale.value, form.editing.value, (await refetch()).contactName]).toEqual([true, true, '李雷'])

  await form.reload()
  expect([form.values.value.contactName, form.stale.value]).toEqual(['李雷', false])
  form.values.value.contactName = '韩梅梅'
  await form.save()
  expect([form.editing.value, (await refetch()).contactName]).toEqual([false, '韩梅梅'])
})

test('a form without input loses nothing when the page reloads the account', async () => {
  const form = await openForm()
  await updateCustomer(browser.server.engine, {
    customerId: 'acme',
    contactName: '王芳',
    version: shown().version,
  })
  await refetch()
  expect(form.dirty.value).toBe(false)
})

test('a save whose response was lost is sent again unchanged, and takes effect once', async () => {
  const form = await openForm()
  const { version } = shown()
  form.values.value.contactName = '赵一'
  browser.answersLost.add('/api/portal/account')
  await form.save()
  expect([form.failure.value, form.editing.value]).toEqual([expect.any(Error), true])
  browser.answersLost.clear()
  expect((await refetch()).version).toBe(version + 1)
  await form.save()
  const [first, second] = sent()
  expect(second).toEqual(first)
  expect([form.editing.value, (await refetch()).contactName, shown().version]).toEqual([
    false,
    '赵一',
    version + 1,
  ])
})

test('other content, and another edit with the same content, is another command', async () => {
  const form = await openForm()
  browser.unreachable.add('/api/portal/account')
  for (const name of ['钱二', '孙三']) {
    form.values.value.contactName = name
    await form.save()
  }
  form.cancel()
  form.edit()
  form.values.value.contactName = '孙三'
  await form.save()
  expect(new Set(sent().map(({ key }) => key)).size).toBe(3)
})

test('input kept when the session ended is in the form of the same customer’s next session, and in nobody else’s', async () => {
  browser.unreachable.clear()
  const form = await openForm()
  form.values.value.contactName = '周四'
  const account = shown()
  endSession('ended')
  scope.stop()
  const formOf = (of: Account) =>
    effectScope().run(() =>
      useAccountForm(
        'contact',
        () => of,
        ({ contactName }) => ({ contactName: contactName ?? '' }),
        ({ contactName }) => ({ contactName }),
      ),
    )!
  const next = formOf(account)
  expect([next.editing.value, next.values.value.contactName, next.dirty.value]).toEqual([true, '周四', true])
  // Returned once, and never to another customer.
  expect(formOf(account).editing.value).toBe(false)
})
