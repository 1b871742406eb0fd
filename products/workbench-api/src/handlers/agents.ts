import { customerIdOf, endPortalSessionsOf, getCustomer } from '@customer-portal/billing'
import {
  WorkbenchError,
  createAgent,
  listAgents,
  newPassword,
  setAgentDisabled,
  setAgentPassword,
  type ListedAgent as Listed,
} from '@customer-portal/workbench'
import { PageQuery, type App } from '@customer-portal/http'
import { CustomerId, Page } from '@customer-portal/http/resources'
import { Type } from 'typebox'
import { CreatedAgent, ListedAgent, NewAgent, PasswordReset, PasswordSet } from '../contract.ts'
import { cursorOf, placeOf } from '../cursor.ts'
import type { Deps } from '../options.ts'

const AgentPath = Type.Object({ agentId: Type.String() })
const AgentQuery = Type.Object(
  {
    customerId: Type.Optional(CustomerId),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254 })),
    ...PageQuery.properties,
  },
  { additionalProperties: false },
)

/** The agents of the workbench, for the vendor. */
export function agentRoutes(app: App, { engine, workbench }: Deps): void {
  app.post(
    '/agents',
    {
      config: { scope: 'agents:write' },
      schema: {
        summary: 'Make an agent',
        tags: ['agents'],
        description: 'With the secret key of the vendor. The role is what the agent may do in the portal.',
        body: NewAgent,
        response: { 201: CreatedAgent },
      },
    },
    async (request, reply) => {
      const { customerId, locale } = await getCustomer(engine, {
        customerId: await customerIdOf(engine, request.body.customerId),
      })
      // An agent without a language gets the customer's.
      const agent = await createAgent(workbench, {
        locale,
        ...request.body,
        customerId,
        name: request.body.name.trim(),
      })
      if (!agent)
        throw new WorkbenchError('agent_exists', {
          pointer: '/email',
          message: 'An agent with this email exists already.',
        })
      return reply.code(201).send(agent)
    },
  )

  app.get(
    '/agents',
    {
      config: { scope: 'agents:read' },
      schema: {
        summary: 'Agents, oldest first',
        tags: ['agents'],
        description:
          'Of one customer or with one e-mail address where asked. With a secret key of the vendor.',
        querystring: AgentQuery,
        response: { 200: Page(ListedAgent) },
      },
    },
    async (request) => {
      const { cursor, limit, customerId, ...rest } = request.query
      const filter = {
        ...rest,
        ...(customerId === undefined ? {} : { customerId: await customerIdOf(engine, customerId) }),
      }
      const place = cursor === undefined ? undefined : placeOf(cursor)
      const { data, more } = await listAgents(workbench, {
        ...filter,
        limit,
        ...(place ? { after: { createdAt: place.updatedAt, id: place.id } } : {}),
      })
      const last = data.at(-1)
      return { data, nextCursor: more && last ? cursorOf({ updatedAt: last.createdAt, id: last.id }) : null }
    },
  )

  /** Ends the portal sessions an agent has opened, together with their logins. */
  const ended = async (agentId: string, agent: Listed | undefined): Promise<Listed> => {
    if (!agent)
      throw new WorkbenchError('agent_not_found', { agentId, message: `There is no agent '${agentId}'.` })
    await endPortalSessionsOf(engine, { customerId: agent.customerId, actorId: agent.id })
    return agent
  }

  app.post(
    '/agents/:agentId/disable',
    {
      config: { scope: 'agents:write' },
      schema: {
        summary: 'Keep an agent out',
        tags: ['agents'],
        description:
          'Ends their logins and the portal tokens they have opened. Disabling again changes nothing.',
        params: AgentPath,
        response: { 200: ListedAgent },
      },
    },
    async ({ params: { agentId } }) =>
      ended(agentId, await setAgentDisabled(workbench, { agentId, disabled: true })),
  )

  app.post(
    '/agents/:agentId/enable',
    {
      config: { scope: 'agents:write' },
      schema: {
        summary: 'Let an agent in again',
        tags: ['agents'],
        description: 'With the password they had.',
        params: AgentPath,
        response: { 200: ListedAgent },
      },
    },
    async ({ params: { agentId } }) => {
      const agent = await setAgentDisabled(workbench, { agentId, disabled: false })
      if (!agent)
        throw new WorkbenchError('agent_not_found', { agentId, message: `There is no agent '${agentId}'.` })
      return agent
    },
  )

  app.post(
    '/agents/:agentId/password',
    {
      config: { scope: 'agents:write' },
      schema: {
        summary: 'Give an agent another password',
        tags: ['agents'],
        description:
          'Ends their logins and the portal tokens they have opened. '
          + 'Without a password one is made and returned, this once.',
        params: AgentPath,
        body: PasswordReset,
        response: { 200: PasswordSet },
      },
    },
    async ({ params: { agentId }, body }) => {
      const password = body.password ?? newPassword()
      const agent = await ended(agentId, await setAgentPassword(workbench, { agentId, password }))
      return { ...agent, password: body.password === undefined ? password : null }
    },
  )
}
