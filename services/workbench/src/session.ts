import { createHash, randomBytes } from 'node:crypto'
import { agentColumns, loginName, type Agent } from './agent.ts'
import { verifyPassword } from './password.ts'
import { anyCustomer, type Workbench } from './workbench.ts'

/** A session lasts a long working day; then the password is asked for again. */
export const sessionHours = 12
/** Beyond this many sessions of an agent, a new one ends the oldest. */
const maxSessionsPerAgent = 20

/**
 * Checks the password and starts a session. Undefined when the e-mail or the password is wrong (not
 * distinguishable by the caller) or the agent is disabled. Throws TooManyLogins.
 */
export async function logIn(
  workbench: Workbench,
  { email, password }: { email: string; password: string },
): Promise<{ agent: Agent; secret: string } | undefined> {
  const found = await workbench.db.transaction(
    anyCustomer,
    async (tx) => {
      const [row] = await tx.query<Agent & { passwordHash: string }>(
        `select ${agentColumns}, password_hash as "passwordHash"
          from agents
          where email = $1 and disabled_at is null`,
        [loginName(email)],
      )
      return row
    },
    { readOnly: true },
  )
  if (!(await verifyPassword(password, found?.passwordHash, workbench.passwordCost)) || !found)
    return undefined
  const { passwordHash: _, ...agent } = found
  return { agent, secret: await beginSession(workbench, agent) }
}

/** The agent of this session secret, while the session lasts. */
export async function findAgent(
  workbench: Workbench,
  { secret }: { secret: string },
): Promise<Agent | undefined> {
  return workbench.db.transaction(
    anyCustomer,
    async (tx) => {
      const [agent] = await tx.query<Agent>(
        `select a.id, a.customer_id as "customerId", a.email, a.name, a.role, a.locale,
            a.created_at as "createdAt"
          from agent_sessions s
          join agents a on a.customer_id = s.customer_id and a.id = s.agent_id
          where s.secret_hash = $1 and s.expires_at > $2 and a.disabled_at is null`,
        [hashOf(secret), workbench.now()],
      )
      return agent
    },
    { readOnly: true },
  )
}

/** Ends the session of this secret. Does nothing when it has ended already. */
export async function logOut(workbench: Workbench, { secret }: { secret: string }): Promise<void> {
  await workbench.db.transaction(anyCustomer, (tx) =>
    tx.query('delete from agent_sessions where secret_hash = $1', [hashOf(secret)]),
  )
}

async function beginSession(workbench: Workbench, agent: Agent): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  const now = workbench.now()
  await workbench.db.transaction(anyCustomer, async (tx) => {
    await tx.query(
      'delete from agent_sessions where customer_id = $1 and agent_id = $2 and expires_at <= $3',
      [agent.customerId, agent.id, now],
    )
    await tx.query(
      `delete from agent_sessions
        where customer_id = $1
          and id in (
            select id
            from agent_sessions
            where customer_id = $1 and agent_id = $2
            order by created_at desc, id desc
            offset $3
          )`,
      [agent.customerId, agent.id, maxSessionsPerAgent - 1],
    )
    await tx.query(
      `insert into agent_sessions (customer_id, id, agent_id, secret_hash, created_at, expires_at)
       values ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz + make_interval(hours => $6::int))`,
      [agent.customerId, workbench.newId('ags'), agent.id, hashOf(secret), now, sessionHours],
    )
  })
  return secret
}

/** The secret is 256 random bits and cannot be guessed, so a plain hash is enough. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
