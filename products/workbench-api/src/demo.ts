import { endPortalSessionsOf, type Engine } from '@customer-portal/billing'
import {
  addMessage,
  agentExists,
  closeConversation,
  createAgent,
  createWorkbench,
  isAgentPassword,
  listAgents,
  setAgentDisabled,
  startConversation,
  type Agent,
  type AgentRole,
  type Channel,
  type PasswordCost,
  type Workbench,
} from '@customer-portal/workbench'

/** The demo's agents. Their passwords are published with it: never use them elsewhere. */
export const demoAgents = [
  {
    customerId: 'test_customer',
    email: 'demo@example.com',
    name: '林晓',
    role: 'owner',
    password: 'demo-password-2026',
  },
  {
    customerId: 'test_customer',
    email: 'viewer@example.com',
    name: '周然',
    role: 'viewer',
    password: 'demo-password-2026',
  },
  {
    customerId: 'near_quota',
    email: 'near@example.com',
    name: '陈默',
    role: 'owner',
    password: 'demo-password-2026',
  },
] as const satisfies { customerId: string; email: string; name: string; role: AgentRole; password: string }[]

/**
 * A conversation: who, where, how many minutes ago it began, and the messages in turn, the visitor's first.
 */
interface Talk {
  customerId: string
  visitor: string
  channel: Channel
  minutesAgo: number
  said: string[]
  closed?: boolean
}

const talks: Talk[] = [
  {
    customerId: 'test_customer',
    visitor: '赵敏',
    channel: 'phone',
    minutesAgo: 1_560,
    closed: true,
    said: ['空调什么时候来安装？', '师傅已经联系您约了明天上午 10 点，上门前会再打电话。', '好的，谢谢'],
  },
  {
    customerId: 'test_customer',
    visitor: '刘洋',
    channel: 'app',
    minutesAgo: 1_320,
    closed: true,
    said: ['优惠券为什么用不了', '这张券满 300 元可用，您的订单是 268 元，再凑 32 元就可以了。'],
  },
  {
    customerId: 'test_customer',
    visitor: '何佳怡',
    channel: 'wechat',
    minutesAgo: 205,
    said: ['你们发什么快递？可以发顺丰吗', '默认发中通或圆通，下单时选顺丰补 15 元差价就可以。'],
  },
  {
    customerId: 'test_customer',
    visitor: 'Emily Carter',
    channel: 'email',
    minutesAgo: 118,
    said: ['Hi, I sent my jacket back last week. How long does a refund take?'],
  },
  {
    customerId: 'test_customer',
    visitor: '孙浩',
    channel: 'wechat',
    minutesAgo: 64,
    said: [
      '显示签收了，但是我没有收到包裹',
      '请您先看一下是不是放在门卫或快递柜了，我同时联系快递员核实。',
      '门卫说没有，快递柜也没有',
    ],
  },
  {
    customerId: 'test_customer',
    visitor: '吴静',
    channel: 'web',
    minutesAgo: 37,
    said: ['我们公司要报销，能开专票吗？需要提供什么资料？'],
  },
  {
    customerId: 'test_customer',
    visitor: '李建国',
    channel: 'app',
    minutesAgo: 21,
    said: ['尺码买大了，可以换小一号吗'],
  },
  {
    customerId: 'test_customer',
    visitor: '王小明',
    channel: 'web',
    minutesAgo: 12,
    said: ['你好，我昨天下的单，什么时候能发货呀？'],
  },
  { customerId: 'test_customer', visitor: '张丽', channel: 'web', minutesAgo: 4, said: ['请问怎么开发票？'] },
  { customerId: 'near_quota', visitor: '马超', channel: 'web', minutesAgo: 48, said: ['退货运费谁出'] },
  {
    customerId: 'near_quota',
    visitor: '黄琳',
    channel: 'wechat',
    minutesAgo: 15,
    said: ['积分能抵多少钱，会过期吗？'],
  },
  {
    customerId: 'near_quota',
    visitor: '徐涛',
    channel: 'app',
    minutesAgo: 3,
    said: ['快递三天没动静了，是不是丢了'],
  },
]

/** The workbench to fill, and the cost of a password hash when not the default. */
interface Desk {
  database: Engine['db']
  engine: Engine
  passwordCost?: PasswordCost | undefined
}

/**
 * Creates the demo's agents, and conversations that wait for an answer. Changes nothing when the first agent
 * exists.
 */
export async function seedWorkbenchDemo({
  database,
  engine,
  now = engine.now,
  passwordCost,
}: Desk & { now?: () => string }): Promise<void> {
  const workbench = createWorkbench({ db: database, now, newId: engine.newId, passwordCost })
  const [first, ...others] = demoAgents
  // Checked first: hashing a password is slow on purpose, and every start runs this.
  if (await agentExists(workbench, first.email)) return letDemoIn(workbench)
  const owner = await createAgent(workbench, first)
  if (!owner) return
  const agents = [
    owner,
    ...(await Promise.all(others.map((agent) => createAgent(workbench, agent)))).filter(
      (agent) => agent !== undefined,
    ),
  ]
  for (const talk of talks)
    await hold(
      workbench,
      talk,
      agents.find(({ customerId }) => customerId === talk.customerId),
    )
}

/** Enables the demo's agents again after a start without the demo has disabled them. */
async function letDemoIn(workbench: Workbench): Promise<void> {
  for (const { email } of demoAgents) {
    const {
      data: [agent],
    } = await listAgents(workbench, { email })
    if (agent && agent.disabledAt !== null)
      await setAgentDisabled(workbench, { agentId: agent.id, disabled: false })
  }
}

/**
 * Disables the agents that still have the demo's published password and ends their sessions. Returns their
 * e-mail addresses, empty when there are none.
 */
export async function endDemoLogins({ database, engine, passwordCost }: Desk): Promise<string[]> {
  const workbench = createWorkbench({ db: database, now: engine.now, newId: engine.newId, passwordCost })
  const ended: string[] = []
  for (const { email, password } of demoAgents) {
    const {
      data: [agent],
    } = await listAgents(workbench, { email })
    if (
      !agent
      || agent.disabledAt !== null
      || !(await isAgentPassword(workbench, { agentId: agent.id, password }))
    )
      continue
    await setAgentDisabled(workbench, { agentId: agent.id, disabled: true })
    await endPortalSessionsOf(engine, { customerId: agent.customerId, actorId: agent.id })
    ended.push(email)
  }
  return ended
}

async function hold(
  workbench: Workbench,
  { customerId, visitor, channel, minutesAgo, said, closed }: Talk,
  agent: Agent | undefined,
) {
  const at = (minute: number) =>
    new Date(Date.parse(workbench.now()) - (minutesAgo - minute) * 60_000).toISOString().replace('Z', '000Z')
  const [question = '', ...rest] = said
  const started = await startConversation(workbench, {
    customerId,
    visitorName: visitor,
    channel,
    question,
    at: at(0),
  })
  if (started === 'other_conversation') throw new Error('a new id belongs to another conversation')
  const { id: conversationId } = started
  for (const [turn, text] of rest.entries()) {
    await addMessage(workbench, {
      customerId,
      conversationId,
      agentId: turn % 2 === 0 ? agent?.id : undefined,
      text,
      at: at(2 * turn + 2),
    })
  }
  if (closed) await closeConversation(workbench, { customerId, conversationId, at: at(2 * said.length + 3) })
}
