import { BillingError } from '@customer-portal/billing'
import {
  addMessage,
  closeConversation,
  findConversation,
  listConversations,
  startConversation,
} from '@customer-portal/workbench'
import { callerOf, PageQuery, type App } from '@customer-portal/http'
import { Id } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { Conversation, ConversationPage, Message, NewConversation, NewMessage, Thread } from '../contract.ts'
import { cursorOf, placeOf } from '../cursor.ts'
import type { Deps } from '../options.ts'

const ById = Type.Object({ conversationId: Id }, { additionalProperties: false })

/** Visitors' conversations and agents' answers. Each agent sees the conversations of their own customer. */
export function conversationRoutes(app: App, { workbench }: Deps): void {
  app.get(
    '/conversations',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Conversations, the one that changed last first',
        tags: ['desk'],
        description: "Those of the agent's customer.",
        querystring: PageQuery,
        response: { 200: ConversationPage },
      },
    },
    async (request) => {
      const { customerId } = callerOf(request, 'workbench:agent').agent
      const { cursor, limit } = request.query
      const { data, more } = await listConversations(workbench, {
        customerId,
        limit,
        after: cursor === undefined ? undefined : placeOf(cursor),
      })
      const last = data.at(-1)
      return { data, nextCursor: more && last ? cursorOf(last) : null }
    },
  )

  app.post(
    '/conversations',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: "Enter a visitor's question",
        tags: ['desk'],
        description: 'Begins a conversation, which waits for an answer.',
        body: NewConversation,
        response: { 201: Conversation },
      },
    },
    async (request, reply) => {
      const { customerId } = callerOf(request, 'workbench:agent').agent
      const { id, visitorName, channel, question } = request.body
      const asked = {
        customerId,
        id: id?.toLowerCase(),
        visitorName: visitorName.trim(),
        channel,
        question: question.trim(),
      }
      const conversation = await startConversation(workbench, asked)
      if (conversation === 'other_conversation') {
        throw new BillingError('validation_failed', {
          pointer: '/id',
          message: 'This id belongs to a conversation that began otherwise.',
        })
      }
      return reply.code(201).send(conversation)
    },
  )

  app.get(
    '/conversations/:conversationId',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'One conversation with its messages',
        tags: ['desk'],
        description: 'At most the newest 200 messages, oldest first.',
        params: ById,
        response: { 200: Thread },
      },
    },
    async (request) => {
      const { customerId } = callerOf(request, 'workbench:agent').agent
      return (await findConversation(workbench, { customerId, ...request.params })) ?? noConversation()
    },
  )

  app.post(
    '/conversations/:conversationId/messages',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Add what the visitor said, or answer as the agent',
        tags: ['desk'],
        description: 'What a visitor says opens a closed conversation again.',
        params: ById,
        body: NewMessage,
        response: { 201: Message },
      },
    },
    async (request, reply) => {
      const {
        agent: { id: agentId, customerId },
      } = callerOf(request, 'workbench:agent')
      const { id, author, text } = request.body
      const message = await addMessage(workbench, {
        customerId,
        ...request.params,
        id,
        text: text.trim(),
        agentId: author === 'agent' ? agentId : undefined,
      })
      if (message === 'no_conversation') return noConversation()
      if (message === 'other_message')
        throw new BillingError('validation_failed', {
          pointer: '/id',
          message: 'This id belongs to a message that says something else.',
        })
      return reply.code(201).send(message)
    },
  )

  app.post(
    '/conversations/:conversationId/close',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Close until the visitor writes again',
        tags: ['desk'],
        description: 'It stays in the list, as closed.',
        params: ById,
        body: Type.Object({}, { additionalProperties: false }),
        response: { 200: Conversation },
      },
    },
    async (request) => {
      const { customerId } = callerOf(request, 'workbench:agent').agent
      return (await closeConversation(workbench, { customerId, ...request.params })) ?? noConversation()
    },
  )
}

/** The same error for a conversation that does not exist and for another customer's. */
export function noConversation(): never {
  throw new BillingError('not_found', { message: 'There is no such conversation.' })
}
