import {
  BillingError,
  endPortalSessionsOf,
  getCustomer,
  type Engine,
  type Page,
} from '@customer-portal/billing'
import {
  createAgent,
  createWorkbench,
  listAgents,
  migrateWorkbench,
  newPassword,
  setAgentDisabled,
  setAgentPassword,
  type AgentRole,
  type ListedAgent,
  type Workbench,
} from '@customer-portal/workbench'
import { runCommand, serverFlags, WrongCall, type Call } from './command.ts'
import { onBooks } from './database-command.ts'
import { loadSettings } from './environment.ts'
import { Refused } from './refusal.ts'
import { askServer, type RunningServer } from './running-server.ts'

const usage = `The agents who can log in to the workbench.

  npm run workbench -- add-user --email <e-mail> --customer <customer id> --role owner|billing|viewer
                                [--name <name>] [--password <password>] [--locale zh-CN|en]
  npm run workbench -- list-users [--customer <customer id>]
  npm run workbench -- disable-user --email <e-mail>      ends their logins and the portal tokens they have opened
  npm run workbench -- enable-user --email <e-mail>
  npm run workbench -- set-password --email <e-mail> [--password <password>]      ends both as well

The role is what the agent may do in the portal. Without --password one is made and printed once.
Works on DATABASE_URL, also while servers run on it. While a server holds the folder DATA_DIR, it is asked: --url is its address
(http://HOST:PORT of the settings when absent) and --key a secret key of the vendor's API (BILLING_API_KEY when absent).
`

const roles: readonly string[] = ['owner', 'billing', 'viewer'] satisfies AgentRole[]

interface NewUser {
  email: string
  customerId: string
  role: AgentRole
  name: string
  password: string
  locale: 'zh-CN' | 'en'
}

/** The agent operations, on the database itself or through a server. */
interface Agents {
  add(user: NewUser): Promise<unknown>
  list(filter: { customerId?: string; email?: string }): AsyncIterable<ListedAgent>
  setDisabled(agentId: string, disabled: boolean): Promise<unknown>
  setPassword(agentId: string, password: string): Promise<unknown>
}

function agentsIn(engine: Engine, workbench: Workbench): Agents {
  const ended = async (agent: ListedAgent | undefined) =>
    agent && endPortalSessionsOf(engine, { customerId: agent.customerId, actorId: agent.id })
  return {
    async add(user) {
      await getCustomer(engine, { customerId: user.customerId })
      if (!(await createAgent(workbench, user)))
        throw new Refused(`An agent with the e-mail ${user.email} exists already.`)
    },
    async *list(filter) {
      for (let after: ListedAgent | undefined; ;) {
        const { data, more } = await listAgents(workbench, {
          ...filter,
          limit: 100,
          ...(after ? { after } : {}),
        })
        yield* data
        if (!more) return
        after = data.at(-1)
      }
    },
    setDisabled: async (agentId, disabled) => {
      const agent = await setAgentDisabled(workbench, { agentId, disabled })
      if (disabled) await ended(agent)
    },
    setPassword: async (agentId, password) => ended(await setAgentPassword(workbench, { agentId, password })),
  }
}

function agentsThrough(server: RunningServer, why: string | undefined): Agents {
  const path = '/api/workbench/agents'
  const about = (agentId: string) => `${path}/${encodeURIComponent(agentId)}`
  return {
    add: (body) => askServer(server, { method: 'POST', path, body }, why),
    async *list(filter) {
      for (let cursor: string | null | undefined; cursor !== null;) {
        const query = new URLSearchParams({
          limit: '100',
          ...filter,
          ...(cursor === undefined ? {} : { cursor }),
        })
        const page: Page<ListedAgent> = await askServer(
          server,
          { method: 'GET', path: `${path}?${query.toString()}` },
          why,
        )
        yield* page.data
        cursor = page.nextCursor
      }
    },
    setDisabled: (agentId, disabled) =>
      askServer(
        server,
        { method: 'POST', path: `${about(agentId)}/${disabled ? 'disable' : 'enable'}`, body: {} },
        why,
      ),
    setPassword: (agentId, password) =>
      askServer(server, { method: 'POST', path: `${about(agentId)}/password`, body: { password } }, why),
  }
}

const text = { type: 'string' } as const
const flags = {
  email: text,
  customer: text,
  role: text,
  name: text,
  password: text,
  locale: text,
  ...serverFlags,
}
type Values = Call<typeof flags>['flags']
type Work = (agents: Agents) => Promise<string>

const commands: Record<string, (values: Values) => Work> = {
  'add-user'(values) {
    const user = userFrom(values)
    return async (agents) => {
      await agents.add(user)
      return (
        `${user.email} can log in to the workbench of ${user.customerId} as `
        + `${user.role}.${madeOnly(values, user.password)}\n`
      )
    }
  },
  'list-users':
    ({ customer }) =>
    async (agents) => {
      const lines: string[] = []
      for await (const { email, customerId, role, name, disabledAt } of agents.list(
        customer === undefined ? {} : { customerId: customer },
      )) {
        lines.push(
          `${email}  ${customerId}  ${role}  `
            + `${name}${disabledAt === null ? '' : `  disabled since ${disabledAt.slice(0, 10)}`}\n`,
        )
      }
      return lines.length === 0 ? 'There is no agent.\n' : lines.join('')
    },
  'disable-user': (values) => async (agents) => {
    const { id, email } = await oneWith(agents, values)
    await agents.setDisabled(id, true)
    return `${email} cannot log in any more, and what they had opened is ended.\n`
  },
  'enable-user': (values) => async (agents) => {
    const { id, email } = await oneWith(agents, values)
    await agents.setDisabled(id, false)
    return `${email} can log in again.\n`
  },
  'set-password'(values) {
    const password = passwordFrom(values)
    return async (agents) => {
      const { id, email } = await oneWith(agents, values)
      await agents.setPassword(id, password)
      return `${email} has another password, and what they had opened is ended.${madeOnly(values, password)}\n`
    }
  },
}

const madeOnly = ({ password }: Values, made: string) =>
  password === undefined ? `\nPassword: ${made}  (shown only now)` : ''

async function oneWith(agents: Agents, { email }: Values): Promise<ListedAgent> {
  if (!email) throw new WrongCall('--email is needed.')
  for await (const agent of agents.list({ email })) return agent
  throw new Refused(`There is no agent with the e-mail ${email}.`)
}

function userFrom(values: Values): NewUser {
  const { email, customer, role, locale = 'zh-CN' } = values
  if (!email || !customer || !role) throw new WrongCall('--email, --customer and --role are needed.')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254)
    throw new Refused(`--email must be an e-mail address: "${email}" is none.`)
  if (!roles.includes(role)) throw new Refused(`--role must be owner, billing or viewer: it is "${role}".`)
  if (locale !== 'zh-CN' && locale !== 'en')
    throw new Refused(`--locale must be zh-CN or en: it is "${locale}".`)
  return {
    email: email.trim().toLowerCase(),
    customerId: customer,
    role: role as AgentRole,
    name: values.name?.trim() || email.slice(0, email.indexOf('@')),
    password: passwordFrom(values),
    locale,
  }
}

function passwordFrom({ password = newPassword() }: Values): string {
  if (password.length < 10 || password.length > 200)
    throw new Refused('--password must have 10 to 200 characters. Leave it out and one is made.')
  return password
}

function workOf({ flags: values, words }: Call<typeof flags>): Work {
  const [name = ''] = words
  if (words.length !== 1 || !Object.hasOwn(commands, name))
    throw new WrongCall(`There is no command "${words.join(' ')}".`)
  return commands[name]!(values)
}

await runCommand({
  usage,
  flags,
  hasWords: true,
  async run(call) {
    const work = workOf(call)
    try {
      const told = await onBooks(
        loadSettings(),
        {
          async work(engine) {
            await migrateWorkbench(engine.db)
            return work(agentsIn(engine, createWorkbench(engine)))
          },
          ask: (server, why) => work(agentsThrough(server, why)),
        },
        call.flags,
      )
      process.stdout.write(told)
      return 0
    } catch (error) {
      if (error instanceof BillingError && error.code === 'customer_not_found')
        throw new Refused(`There is no customer "${call.flags.customer}".`, { cause: error })
      throw error
    }
  },
})
