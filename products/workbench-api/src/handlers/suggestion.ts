import { actingFor, BillingError, checkQuota, consume, listMeters } from '@customer-portal/billing'
import { addSuggestion, findConversation, type Agent, type Message } from '@customer-portal/workbench'
import { callerOf, type App } from '@customer-portal/http'
import { Id } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { Quota, SuggestionAnswer } from '../contract.ts'
import type { Deps } from '../options.ts'
import { createRateLimit } from '../pace.ts'
import { noConversation } from './conversations.ts'

/** A person's clicks; a faster client is a program, and searching the FAQ takes processor time. */
const suggestionLimit = { burst: 60, seconds: 60 }

/** The assistant's suggestion for the visitor's last question, and the customer's remaining quota of them. */
export function suggestionRoutes(app: App, deps: Deps): void {
  const pace = createRateLimit(suggestionLimit)

  app.get(
    '/quota',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'What is left of the suggestions',
        tags: ['desk'],
        description: '`allowed` tells whether the next one would be given.',
        response: { 200: Quota },
      },
    },
    async (request) => quotaOf(deps, callerOf(request, 'workbench:agent').agent),
  )

  app.post(
    '/conversations/:conversationId/suggestion',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: "Suggest an answer to the visitor's last message",
        tags: ['desk'],
        description:
          'Takes the best entry of the FAQ and consumes one unit of the meter. No entry that fits: '
          + '`no_answer`, and nothing is consumed. '
          + 'Nothing left: `quota_exhausted`. Asking again for the same message gives the same '
          + 'suggestion and consumes nothing more. '
          + 'An agent asks 60 times a minute at most (429).',
        params: Type.Object({ conversationId: Id }, { additionalProperties: false }),
        body: Type.Object({}, { additionalProperties: false }),
        response: { 200: SuggestionAnswer },
      },
    },
    async (request): Promise<SuggestionAnswer> => {
      const { agent } = callerOf(request, 'workbench:agent')
      const wait = pace.secondsToWait(agent.id, deps.workbench.now())
      if (wait > 0)
        throw new BillingError('rate_limited', {
          retryAfterSeconds: wait,
          message: `An agent asks for ${suggestionLimit.burst} suggestions a minute at most; try again in ${wait} seconds.`,
        })
      const { conversationId } = request.params
      const conversation =
        (await findConversation(deps.workbench, { customerId: agent.customerId, conversationId }))
        ?? noConversation()
      const question = conversation.messages.findLast(({ author }) => author === 'visitor')
      if (!question) throw new Error(`The conversation ${conversationId} has no question`)
      const stored = conversation.messages.find(({ answersId }) => answersId === question.id)
      if (stored) return { outcome: 'suggested', message: stored, quota: await quotaOf(deps, agent) }
      const found = deps.assistant.suggest(question.text)
      if (!found) return { outcome: 'no_answer', message: null, quota: await quotaOf(deps, agent) }
      if (!(await consumeOne(deps, { agent, conversationId, question, channel: conversation.channel })))
        return { outcome: 'quota_exhausted', message: null, quota: await quotaOf(deps, agent) }
      const message = await addSuggestion(deps.workbench, {
        customerId: agent.customerId,
        conversationId,
        answersId: question.id,
        agentId: agent.id,
        text: found.entry.answer,
        sourceId: found.entry.id,
        sourceTitle: found.entry.title,
        matchPercent: Math.max(1, Math.round(found.score * 100)),
      })
      return { outcome: 'suggested', message: message ?? noConversation(), quota: await quotaOf(deps, agent) }
    },
  )
}

/**
 * The event's id is made from the visitor's message, so a retry after a crash or a second agent's click is
 * not charged again.
 */
async function consumeOne(
  { engine, meter }: Deps,
  {
    agent,
    conversationId,
    question,
    channel,
  }: { agent: Agent; conversationId: string; question: Message; channel: string },
): Promise<boolean> {
  try {
    const { granted } = await consume(actingFor(engine, agent.customerId), {
      customerId: agent.customerId,
      meter,
      id: `suggestion_${conversationId}_${question.id}`,
      quantity: 1,
      properties: { channel, agent: agent.name, assistant: '知识库' },
    })
    return granted > 0
  } catch (error) {
    // Another agent asked for the same message at the same moment and was charged for it.
    if (error instanceof BillingError && error.code === 'event_conflict') return true
    throw error
  }
}

async function quotaOf({ engine, meter }: Deps, { customerId }: Agent): Promise<Quota> {
  const own = actingFor(engine, customerId)
  const [quota, meters] = await Promise.all([checkQuota(own, { customerId, meter }), listMeters(own)])
  const { name } = meters.find(({ key }) => key === meter) ?? { name: { 'zh-CN': meter, en: meter } }
  return { meter, name, ...quota }
}
