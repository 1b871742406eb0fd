import { sql, type Transaction } from '@customer-portal/database'
import { only, type Workbench } from './workbench.ts'

/**
 * A visitor's question, an agent's answer, or a suggestion of the assistant to the agent (`ai`; never shown
 * to the visitor).
 */
export interface Message {
  id: string
  author: 'visitor' | 'agent' | 'ai'
  agentName: string | null
  text: string
  /** For a suggestion: the visitor's message it answers, and the FAQ entry it came from. */
  answersId: string | null
  sourceId: string | null
  sourceTitle: string | null
  /** For a suggestion: the share of the question's meaning it covers, in percent. */
  matchPercent: number | null
  createdAt: string
}

/** Maximum number of messages shown, the newest ones. */
const maxMessages = 200

interface Place {
  customerId: string
  conversationId: string
}

/** SQL: the messages of a conversation, to which a condition or an order is added. */
const messagesIn = ({ customerId, conversationId }: Place) => sql`
  select m.id, m.author, a.name as "agentName", m.text, m.answers_id as "answersId",
    m.source_id as "sourceId", m.source_title as "sourceTitle", m.match_percent as "matchPercent",
    m.created_at as "createdAt"
  from messages m
  left join agents a on a.customer_id = m.customer_id and a.id = m.agent_id
  where m.customer_id = ${customerId} and m.conversation_id = ${conversationId}`

/** The newest 200 messages of a conversation, oldest first. */
export async function listMessages(tx: Transaction, place: Place): Promise<Message[]> {
  const newest = await tx.query<Message>(sql`
    ${messagesIn(place)}
    order by m.position desc
    limit ${maxMessages}`)
  return newest.reverse()
}

/**
 * Adds a message of the visitor or an agent; a visitor's message reopens a closed conversation. Idempotent:
 * the same `id` with the same text returns the same message, another text returns 'other_message'.
 * 'no_conversation' when this customer has no such conversation.
 */
export async function addMessage(
  workbench: Workbench,
  {
    customerId,
    conversationId,
    id = workbench.newId('msg'),
    agentId,
    text,
    at = workbench.now(),
  }: { customerId: string; conversationId: string; id?: string; agentId?: string; text: string; at?: string },
): Promise<Message | 'no_conversation' | 'other_message'> {
  const author = agentId === undefined ? 'visitor' : 'agent'
  return workbench.db.transaction(only(customerId), async (tx) => {
    if (!(await touch(tx, { customerId, conversationId, reopen: author === 'visitor', at })))
      return 'no_conversation'
    const said = await findMessage(tx, { customerId, conversationId, id })
    if (said) return said.text === text && said.author === author ? said : 'other_message'
    return addTo(tx, { customerId, conversationId, id, author, agentId, text, at })
  })
}

/**
 * Stores the suggestion for a visitor's message and returns it; when one is stored already, returns that one.
 * Undefined when the message does not exist.
 */
export async function addSuggestion(
  workbench: Workbench,
  {
    customerId,
    conversationId,
    answersId,
    agentId,
    text,
    sourceId,
    sourceTitle,
    matchPercent,
    at = workbench.now(),
  }: {
    customerId: string
    conversationId: string
    answersId: string
    agentId: string
    text: string
    sourceId: string
    sourceTitle: string
    matchPercent: number
    at?: string
  },
): Promise<Message | undefined> {
  return workbench.db.transaction(only(customerId), async (tx) => {
    if (!(await lock(tx, { customerId, conversationId }))) return undefined
    if ((await findMessage(tx, { customerId, conversationId, id: answersId }))?.author !== 'visitor')
      return undefined
    const [kept] = await tx.query<Message>(sql`
      ${messagesIn({ customerId, conversationId })} and m.author = 'ai' and m.answers_id = ${answersId}`)
    return (
      kept
      ?? addTo(tx, {
        customerId,
        conversationId,
        id: workbench.newId('msg'),
        author: 'ai',
        agentId,
        text,
        answersId,
        sourceId,
        sourceTitle,
        matchPercent,
        at,
      })
    )
  })
}

/** Appends a message to a conversation that this transaction has locked or created. */
export async function addTo(
  tx: Transaction,
  message: {
    customerId: string
    conversationId: string
    id: string
    author: Message['author']
    agentId?: string
    text: string
    answersId?: string
    sourceId?: string
    sourceTitle?: string
    matchPercent?: number
    at: string
  },
): Promise<Message> {
  const { customerId, conversationId, id } = message
  await tx.query(
    `insert into messages (
        customer_id, conversation_id, id, position, author, agent_id, text, answers_id, source_id,
        source_title, match_percent, created_at
      )
      select $1, $2, $3, coalesce(max(position), 0) + 1, $4, $5, $6, $7, $8, $9, $10::int, $11::timestamptz
      from messages
      where customer_id = $1 and conversation_id = $2`,
    [
      customerId,
      conversationId,
      id,
      message.author,
      message.agentId ?? null,
      message.text,
      message.answersId ?? null,
      message.sourceId ?? null,
      message.sourceTitle ?? null,
      message.matchPercent ?? null,
      message.at,
    ],
  )
  const written = await findMessage(tx, { customerId, conversationId, id })
  if (!written) throw new Error(`The message ${id} was written but cannot be read`)
  return written
}

/** The first question of a conversation. */
export async function firstQuestion(
  tx: Transaction,
  { customerId, conversationId }: Place,
): Promise<string | undefined> {
  const [first] = await tx.query<{ text: string }>(
    'select text from messages where customer_id = $1 and conversation_id = $2 and position = 1',
    [customerId, conversationId],
  )
  return first?.text
}

async function findMessage(
  tx: Transaction,
  { id, ...place }: Place & { id: string },
): Promise<Message | undefined> {
  const [message] = await tx.query<Message>(sql`${messagesIn(place)} and m.id = ${id}`)
  return message
}

/** Locks the conversation: positions are counted, so there may be one writer at a time. */
async function lock(tx: Transaction, { customerId, conversationId }: Place): Promise<boolean> {
  const rows = await tx.query('select 1 from conversations where customer_id = $1 and id = $2 for update', [
    customerId,
    conversationId,
  ])
  return rows.length > 0
}

async function touch(
  tx: Transaction,
  {
    customerId,
    conversationId,
    reopen,
    at,
  }: { customerId: string; conversationId: string; reopen: boolean; at: string },
): Promise<boolean> {
  const rows = await tx.query(
    `update conversations
      set updated_at = greatest(updated_at, $3::timestamptz), closed_at = case
        when $4::boolean then null
        else closed_at end
      where customer_id = $1 and id = $2
      returning id`,
    [customerId, conversationId, at, reopen],
  )
  return rows.length > 0
}
