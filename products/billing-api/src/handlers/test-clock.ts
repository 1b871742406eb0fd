import type { App } from '@customer-portal/http'
import { Clock, ClockInput } from '../contract.ts'

/** A clock that stands still until it is moved; a move answers after everything due on the way has run. */
export interface TestClock {
  now(): string
  moveTo(instant: string): Promise<string>
}

/** Registered only when the server runs on a test clock. */
export function testClockRoutes(app: App, clock: TestClock): void {
  app.get(
    '/test-clock',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'The time on the test clock',
        tags: ['test clock'],
        description: 'It stands still until it is moved.',
        response: { 200: Clock },
      },
    },
    async () => ({ now: clock.now() }),
  )

  app.post(
    '/test-clock',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Move the test clock forward',
        tags: ['test clock'],
        description: 'Everything that falls due on the way happens before the answer.',
        body: ClockInput,
        response: { 200: Clock },
      },
    },
    async (request) => ({ now: await clock.moveTo(request.body.now) }),
  )
}
