import { BillingError, customerIdOf, getCustomer } from '@customer-portal/billing'
import { createAgent } from '@customer-portal/workbench'
import type { App } from '@customer-portal/http'
import { CreatedAgent, NewAgent } from '../contract.ts'
import type { Deps } from '../options.ts'

/** Making agents, by the vendor. */
export function agentRoutes(app: App, { billing, workbench }: Deps): void {
  app.post('/agents', {
    config: { scope: 'agents:write' },
    schema: { summary: 'Make an agent', tags: ['agents'], description: 'With the secret key of the vendor. The role is what the agent may do in the portal.', body: NewAgent, response: { 201: CreatedAgent } },
  }, async (request, reply) => {
    const { customerId } = await getCustomer(billing, { customerId: await customerIdOf(billing, request.body.customerId) })
    const agent = await createAgent(workbench, { ...request.body, customerId, name: request.body.name.trim() })
    if (!agent) throw new BillingError('agent_exists', { pointer: '/email', message: 'An agent with this e-mail exists already.' })
    return reply.code(201).send(agent)
  })
}
