import type { Transaction } from '@customer-portal/database'
import { hashPassword, verifyPassword } from './password.ts'
import { anyCustomer, only, type Workbench } from './workbench.ts'

export type AgentRole = 'owner' | 'billing' | 'viewer'
export type AgentLocale = 'zh-CN' | 'en'

/** An agent who works for one customer. `role` is what they may do in that customer's portal. */
export interface Agent {
  id: string
  customerId: string
  email: string
  name: string
  role: AgentRole
  locale: AgentLocale
  createdAt: string
}

export const agentColumns =
  'id, customer_id as "customerId", email, name, role, locale, created_at as "createdAt"'

/** Creates an agent. Undefined when the e-mail address already belongs to an agent of any customer. */
export async function createAgent(
  workbench: Workbench,
  {
    customerId,
    email,
    name,
    role,
    locale = 'zh-CN',
    password,
  }: {
    customerId: string
    email: string
    name: string
    role: AgentRole
    locale?: AgentLocale
    password: string
  },
): Promise<Agent | undefined> {
  const passwordHash = await hashPassword(password, workbench.passwordCost)
  return workbench.db.transaction(anyCustomer, async (tx) => {
    const [agent] = await tx.query<Agent>(
      `insert into agents (customer_id, id, email, name, role, locale, password_hash, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email) do nothing returning ${agentColumns}`,
      [
        customerId,
        workbench.newId('agt'),
        loginName(email),
        name,
        role,
        locale,
        passwordHash,
        workbench.now(),
      ],
    )
    return agent
  })
}

/** Whether the e-mail address already belongs to an agent of any customer. */
export async function agentExists(workbench: Workbench, email: string): Promise<boolean> {
  const found = await workbench.db.transaction(
    anyCustomer,
    (tx) => tx.query('select 1 from agents where email = $1', [loginName(email)]),
    { readOnly: true },
  )
  return found.length > 0
}

/** An agent as the vendor's API lists them. */
export interface ListedAgent extends Agent {
  /** When the agent was disabled; null while they can log in. */
  disabledAt: string | null
}

const listedColumns = `${agentColumns}, disabled_at as "disabledAt"`

/** Agents, oldest first, optionally of one customer or with one e-mail address; `more` when others follow. */
export async function listAgents(
  workbench: Workbench,
  {
    customerId,
    email,
    limit = 20,
    after,
  }: { customerId?: string; email?: string; limit?: number; after?: { createdAt: string; id: string } },
): Promise<{ data: ListedAgent[]; more: boolean }> {
  const rows = await workbench.db.transaction(
    anyCustomer,
    (tx) =>
      tx.query<ListedAgent>(
        `select ${listedColumns}
     from agents
     where ($1::text is null or customer_id = $1)
       and ($2::text is null or email = $2)
       and ($3::timestamptz is null or (created_at, id) > ($3, $4))
     order by created_at, id
     limit $5`,
        [
          customerId ?? null,
          email === undefined ? null : loginName(email),
          after?.createdAt ?? null,
          after?.id ?? null,
          limit + 1,
        ],
      ),
    { readOnly: true },
  )
  return { data: rows.slice(0, limit), more: rows.length > limit }
}

/**
 * Disables an agent and ends their sessions, or enables them again. Undefined when the agent does not exist.
 */
export async function setAgentDisabled(
  workbench: Workbench,
  { agentId, disabled }: { agentId: string; disabled: boolean },
): Promise<ListedAgent | undefined> {
  return workbench.db.transaction(anyCustomer, async (tx) => {
    const [agent] = await tx.query<ListedAgent>(
      `update agents
        set disabled_at = case when $2 then coalesce(disabled_at, $3::timestamptz) end
        where id = $1
        returning ${listedColumns}`,
      [agentId, disabled, workbench.now()],
    )
    if (agent && disabled) await endSessions(tx, agent)
    return agent
  })
}

/** Sets a new password and ends the agent's sessions. Undefined when the agent does not exist. */
export async function setAgentPassword(
  workbench: Workbench,
  { agentId, password }: { agentId: string; password: string },
): Promise<ListedAgent | undefined> {
  const passwordHash = await hashPassword(password, workbench.passwordCost)
  return workbench.db.transaction(anyCustomer, async (tx) => {
    const [agent] = await tx.query<ListedAgent>(
      `update agents set password_hash = $2 where id = $1 returning ${listedColumns}`,
      [agentId, passwordHash],
    )
    if (agent) await endSessions(tx, agent)
    return agent
  })
}

/** Whether this is the agent's password. Throws TooManyLogins. */
export async function isAgentPassword(
  workbench: Workbench,
  { agentId, password }: { agentId: string; password: string },
): Promise<boolean> {
  const [row] = await workbench.db.transaction(
    anyCustomer,
    (tx) => tx.query<{ hash: string }>('select password_hash as hash from agents where id = $1', [agentId]),
    { readOnly: true },
  )
  return verifyPassword(password, row?.hash, workbench.passwordCost)
}

async function endSessions(tx: Transaction, { customerId, id }: Agent): Promise<void> {
  await tx.query('delete from agent_sessions where customer_id = $1 and agent_id = $2', [customerId, id])
}

/** Stores the agent's language. Undefined when the agent does not exist. */
export async function setAgentLocale(
  workbench: Workbench,
  { customerId, agentId, locale }: { customerId: string; agentId: string; locale: AgentLocale },
): Promise<Agent | undefined> {
  return workbench.db.transaction(only(customerId), async (tx) => {
    const [agent] = await tx.query<Agent>(
      `update agents set locale = $3 where customer_id = $1 and id = $2 returning ${agentColumns}`,
      [customerId, agentId, locale],
    )
    return agent
  })
}

/** An e-mail address as it is stored and compared: case and surrounding blanks are ignored. */
export function loginName(email: string): string {
  return email.trim().toLowerCase()
}
