import {
  cancelScheduledChange,
  cancelSubscription,
  createSubscription,
  downgradeSubscription,
  getAdvice,
  getSubscription,
  listMeters,
  plansFor,
  previewChange,
  resumeSubscription,
  upgradeSubscription,
} from '@customer-portal/billing'
import { once, type App } from '@customer-portal/http'
import { Preview, Subscription } from '@customer-portal/http/resources'
import type { ActFor } from '../caller.ts'
import type { CouponGuesses } from '../coupon-guesses.ts'
import {
  Advice,
  Cancellation,
  Changed,
  PlanChange,
  PortalPlans,
  PreviewRequest,
  Scheduled,
} from '../contract.ts'

/** The customer's plan, the plans on offer, and changes between them. */
export function subscriptionRoutes(
  app: App,
  actFor: ActFor,
  { advice, guesses }: { advice: boolean; guesses: CouponGuesses },
): void {
  app.get(
    '/subscription',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The subscription',
        tags: ['subscription'],
        description: 'As of now; `status: none` where there never was one.',
        response: { 200: Subscription },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getSubscription(engine, { customerId })
    },
  )

  app.post(
    '/subscription',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Subscribe to a plan',
        tags: ['subscription'],
        body: PlanChange,
        response: { 201: Changed },
        description:
          'Without a subscription, or once it has ended. The first invoice is issued at once, '
          + 'unless the plan begins with a trial and the customer had none.',
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return guesses.guarded(caller.customerId, request.body.coupon, caller.engine.now(), () =>
        once(request, reply, caller, 201, (engine) =>
          createSubscription(engine, { customerId: caller.customerId, ...request.body }),
        ),
      )
    },
  )

  app.get(
    '/plans',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'The plans on sale',
        tags: ['subscription'],
        description: '`relation` says how each stands to the current one.',
        response: { 200: PortalPlans },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return engine.transaction(
        async (tx) => {
          const data = await plansFor(tx, { customerId })
          const charged = new Set(data.flatMap(({ charges }) => charges.map(({ meter }) => meter)))
          return { data, meters: (await listMeters(tx)).filter(({ key }) => charged.has(key)) }
        },
        { readOnly: true },
      )
    },
  )

  if (advice) adviceRoute(app, actFor)

  app.post(
    '/subscription/preview',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'What a change, or a first subscription, would cost',
        tags: ['subscription'],
        description: 'Confirming with `quoteId` is billed as shown, to the cent.',
        body: PreviewRequest,
        response: { 200: Preview },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return guesses.guarded(caller.customerId, request.body.coupon, caller.engine.now(), () =>
        once(request, reply, caller, 200, (engine) =>
          previewChange(engine, { customerId: caller.customerId, ...request.body }),
        ),
      )
    },
  )

  app.post(
    '/subscription/upgrade',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Move to a higher plan or more seats now',
        tags: ['subscription'],
        description: 'One of equal rank and price waits for the end of the usage period.',
        body: PlanChange,
        response: { 200: Changed },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return guesses.guarded(caller.customerId, request.body.coupon, caller.engine.now(), () =>
        once(request, reply, caller, 200, (engine) =>
          upgradeSubscription(engine, { customerId: caller.customerId, ...request.body }),
        ),
      )
    },
  )

  app.post(
    '/subscription/downgrade',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Move to a lower plan or fewer seats at the end of the billing period',
        tags: ['subscription'],
        description:
          'One of equal rank and price at the end of the usage period. '
          + 'Takes the place of what was scheduled here before; until then nothing changes.',
        body: PlanChange,
        response: { 200: Scheduled },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return guesses.guarded(caller.customerId, request.body.coupon, caller.engine.now(), () =>
        once(request, reply, caller, 200, (engine) =>
          downgradeSubscription(engine, { customerId: caller.customerId, ...request.body }),
        ),
      )
    },
  )

  app.delete(
    '/subscription/scheduled-change',
    {
      config: { scope: 'portal:write' },
      schema: {
        summary: 'Undo the scheduled change',
        tags: ['subscription'],
        description: 'Without one nothing changes. What the vendor scheduled stays.',
        response: { 200: Scheduled },
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return cancelScheduledChange(engine, { customerId })
    },
  )

  app.post(
    '/subscription/cancel',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'End the subscription at the end of the billing period',
        tags: ['subscription'],
        description:
          'Until then nothing changes and it can be resumed. Takes the place of a scheduled change.',
        body: Cancellation,
        response: { 200: Scheduled },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return once(request, reply, caller, 200, async (engine) => {
        const { subscription, notices } = await cancelSubscription(engine, {
          customerId: caller.customerId,
          reason: request.body?.reason,
        })
        return { subscription, notices }
      })
    },
  )

  app.post(
    '/subscription/resume',
    {
      config: { scope: 'portal:write', idempotent: true },
      schema: {
        summary: 'Take the cancellation back',
        tags: ['subscription'],
        description: 'Until the subscription has ended. Without a cancellation nothing changes.',
        response: { 200: Scheduled },
      },
    },
    async (request, reply) => {
      const caller = actFor(request)
      return once(request, reply, caller, 200, (engine) =>
        resumeSubscription(engine, { customerId: caller.customerId }),
      )
    },
  )
}

/** The cost of the last period on each plan. A vendor may turn it off. */
function adviceRoute(app: App, actFor: ActFor): void {
  app.get(
    '/subscription/advice',
    {
      config: { scope: 'portal:read' },
      schema: {
        summary: 'What the last period would have cost on every plan',
        tags: ['subscription'],
        response: { 200: Advice },
        description:
          'The usage of the last period that is over, rated on each plan on sale as an invoice would '
          + 'rate it, and where the running period is heading, with how far off such a forecast was '
          + 'before.',
      },
    },
    async (request) => {
      const { engine, customerId } = actFor(request)
      return getAdvice(engine, { customerId })
    },
  )
}
