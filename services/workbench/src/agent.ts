import { hashPassword } from './password.ts'
import { anyCustomer, only, type Workbench } from './workbench.ts'

export type AgentRole = 'owner' | 'billing' | 'viewer'
export type AgentLocale = 'zh-CN' | 'en'

/** Somebody who works at the desk of one customer. `role` is what they may do in that customer's portal. */
export interface Agent {
  id: string
  customerId: string
  email: string
  name: string
  role: AgentRole
  locale: AgentLocale
  createdAt: string
}

export const agentColumns = 'id, customer_id as "customerId", email, name, role, locale, created_at as "createdAt"'

/** Makes an agent. Undefined when the e-mail address belongs to an agent already, of whichever customer. */
export async function createAgent(
  workbench: Workbench,
  { customerId, email, name, role, locale = 'zh-CN', password }: { customerId: string; email: string; name: string; role: AgentRole; locale?: AgentLocale; password: string },
): Promise<Agent | undefined> {
  const passwordHash = await hashPassword(password)
  return workbench.db.transaction(anyCustomer, async (tx) => {
    const [agent] = await tx.query<Agent>(
      `insert into agents (customer_id, id, email, name, role, locale, password_hash, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email) do nothing returning ${agentColumns}`,
      [customerId, workbench.newId('agt'), loginName(email), name, role, locale, passwordHash, workbench.now()],
    )
    return agent
  })
}

/** Whether the e-mail address belongs to an agent already, of whichever customer. */
export async function agentExists(workbench: Workbench, email: string): Promise<boolean> {
  const found = await workbench.db.transaction(anyCustomer, (tx) => tx.query('select 1 from agents where email = $1', [loginName(email)]), { readOnly: true })
  return found.length > 0
}

/** Remembers the language the agent reads. Undefined when there is no such agent. */
export async function setAgentLocale(workbench: Workbench, { customerId, agentId, locale }: { customerId: string; agentId: string; locale: AgentLocale }): Promise<Agent | undefined> {
  return workbench.db.transaction(only(customerId), async (tx) => {
    const [agent] = await tx.query<Agent>(`update agents set locale = $3 where customer_id = $1 and id = $2 returning ${agentColumns}`, [customerId, agentId, locale])
    return agent
  })
}

/** An e-mail address as it is stored and compared: case and surrounding blanks do not make another person. */
export function loginName(email: string): string {
  return email.trim().toLowerCase()
}
