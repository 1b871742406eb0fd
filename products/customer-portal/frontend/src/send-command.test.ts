import { lookUp, NotDoneError, sendAgain, UnknownOutcomeError } from '@customer-portal/ui/lost-answer.ts'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { api } from './api.ts'
import { sendCommand } from './send-command.ts'
import { useToken } from './session.ts'
import { testBrowser, type Browser } from './testing.ts'

let browser: Browser
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
  browser.unreachable.clear()
  browser.answersLost.clear()
})

const path = '/api/portal/account'
let tries = 0
/** Renames the contact under a key of its own; what `onLost` hears restores the way there, or not. */
async function rename(contactName: string, onLost: () => void) {
  const { version } = await api.account()
  const key = `rename-${(tries += 1)}`
  return {
    version,
    done: () => sendCommand(() => api.saveAccount({ contactName, version }, key), key, onLost),
  }
}

test('what was done though its answer was lost is answered as done, and done once', async () => {
  const { version, done } = await rename('赵一', () => browser.answersLost.clear())
  browser.answersLost.add(path)
  expect(await done()).toMatchObject({ contactName: '赵一', version: version + 1 })
  expect((await api.account()).version).toBe(version + 1)
})

test('what never arrived is called not done, and is not done by asking', async () => {
  const { version, done } = await rename('钱二', () => browser.unreachable.clear())
  browser.unreachable.add(path)
  await expect(done()).rejects.toThrow(NotDoneError)
  expect(await api.account()).toMatchObject({ contactName: '赵一', version })
})

test('an unreachable server gives an unknown outcome', async () => {
  const { done } = await rename('孙三', () => undefined)
  browser.answersLost.add(path)
  await expect(done()).rejects.toThrow(UnknownOutcomeError)
})

test('a refusal whose answer was lost is the refusal', async () => {
  const { version, done } = await rename('李四', () => browser.answersLost.clear())
  await api.saveAccount({ contactName: '别人', version }, 'another')
  browser.answersLost.add(path)
  await expect(done()).rejects.toMatchObject({ status: 409, problem: { code: 'stale_version' } })
})

test('what may be repeated is sent until it is answered, and nothing is claimed where it never is', async () => {
  const path = '/api/portal/subscription/scheduled-change'
  browser.answersLost.add(path)
  let sent = 0
  const undo = () => {
    if ((sent += 1) === 3) browser.answersLost.clear()
    return api.undoScheduledChange()
  }
  expect(await sendAgain(undo)).toMatchObject({ subscription: { scheduledChange: null } })
  expect(sent).toBe(3)
  browser.unreachable.add(path)
  await expect(sendAgain(api.undoScheduledChange)).rejects.toThrow(UnknownOutcomeError)
})
