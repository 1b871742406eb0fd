import { type Transaction } from '@customer-portal/database'
import { addTo, firstQuestion, listMessages, type Message } from './message.ts'
import { only, type Workbench } from './workbench.ts'

export type Channel = 'web' | 'wechat' | 'app' | 'email' | 'phone'
/** Derived from the last message: `waiting` after the visitor's, `answered` after an agent's. Not stored. */
export type ConversationStatus = 'waiting' | 'answered' | 'closed'

/** A visitor's conversation with the support desk. */
export interface Conversation {
  id: string
  visitorName: string
  channel: Channel
  subject: string
  status: ConversationStatus
  /** The last message of the visitor or an agent. */
  lastMessage: string
  createdAt: string
  updatedAt: string
}

const subjectLength = 60

const readConversations = `
  select c.id, c.visitor_name as "visitorName", c.channel, c.subject, c.created_at as "createdAt",
    c.updated_at as "updatedAt", last.text as "lastMessage", case
    when c.closed_at is not null then 'closed'
    when last.author = 'visitor' then 'waiting'
    else 'answered' end as status
  from conversations c
  cross join lateral (
    select author, text
    from messages m
    where m.customer_id = c.customer_id and m.conversation_id = c.id and m.author <> 'ai'
    order by position desc
    limit 1
  ) last`

/**
 * Starts a conversation with the visitor's first question; its first line becomes the subject. Idempotent:
 * the same `id` with the same visitor, channel and question returns the same conversation, other content
 * returns 'other_conversation'.
 */
export async function startConversation(
  workbench: Workbench,
  {
    customerId,
    id = workbench.newId('cnv'),
    visitorName,
    channel,
    question,
    at = workbench.now(),
  }: {
    customerId: string
    id?: string
    visitorName: string
    channel: Channel
    question: string
    at?: string
  },
): Promise<Conversation | 'other_conversation'> {
  return workbench.db.transaction(only(customerId), async (tx) => {
    const made = await tx.query(
      `insert into conversations (customer_id, id, visitor_name, channel, subject, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6::timestamptz, $6::timestamptz)
       on conflict (customer_id, id) do nothing
       returning id`,
      [customerId, id, visitorName, channel, subjectOf(question), at],
    )
    if (made.length > 0)
      await addTo(tx, {
        customerId,
        conversationId: id,
        id: workbench.newId('msg'),
        author: 'visitor',
        text: question,
        at,
      })
    else if ((await firstQuestion(tx, { customerId, conversationId: id })) !== question)
      return 'other_conversation'
    const conversation = await read(tx, customerId, id)
    return conversation.visitorName === visitorName && conversation.channel === channel
      ? conversation
      : 'other_conversation'
  })
}

/** The customer's conversations, last changed first. `after` is the last one of the previous page. */
export async function listConversations(
  workbench: Workbench,
  {
    customerId,
    after,
    limit = 20,
  }: { customerId: string; after?: { updatedAt: string; id: string }; limit?: number },
): Promise<{ data: Conversation[]; more: boolean }> {
  const rows = await workbench.db.transaction(
    only(customerId),
    (tx) =>
      tx.query<Conversation>(
        `${readConversations}
     where c.customer_id = $1 and ($2::timestamptz is null or (c.updated_at, c.id) < ($2::timestamptz, $3::text))
     order by c.updated_at desc, c.id desc limit $4::int`,
        [customerId, after?.updatedAt ?? null, after?.id ?? null, limit + 1],
      ),
    { readOnly: true },
  )
  return { data: rows.slice(0, limit), more: rows.length > limit }
}

/**
 * A conversation with its messages and suggestions, oldest first. Undefined when this customer has no
 * conversation with that id.
 */
export async function findConversation(
  workbench: Workbench,
  { customerId, conversationId }: { customerId: string; conversationId: string },
): Promise<(Conversation & { messages: Message[] }) | undefined> {
  return workbench.db.transaction(
    only(customerId),
    async (tx) => {
      const conversation = await find(tx, customerId, conversationId)
      return (
        conversation && { ...conversation, messages: await listMessages(tx, { customerId, conversationId }) }
      )
    },
    { readOnly: true },
  )
}

/**
 * Closes a conversation until the visitor writes again. Undefined when this customer has no conversation with
 * that id.
 */
export async function closeConversation(
  workbench: Workbench,
  {
    customerId,
    conversationId,
    at = workbench.now(),
  }: { customerId: string; conversationId: string; at?: string },
): Promise<Conversation | undefined> {
  return workbench.db.transaction(only(customerId), async (tx) => {
    await tx.query(
      `update conversations
        set closed_at = coalesce(closed_at, $3::timestamptz), updated_at = case
          when closed_at is null then greatest(updated_at, $3::timestamptz)
          else updated_at end
        where customer_id = $1 and id = $2`,
      [customerId, conversationId, at],
    )
    return find(tx, customerId, conversationId)
  })
}

async function find(tx: Transaction, customerId: string, id: string): Promise<Conversation | undefined> {
  const [conversation] = await tx.query<Conversation>(
    `${readConversations} where c.customer_id = $1 and c.id = $2`,
    [customerId, id],
  )
  return conversation
}

async function read(tx: Transaction, customerId: string, id: string): Promise<Conversation> {
  const conversation = await find(tx, customerId, id)
  if (!conversation) throw new Error(`The conversation ${id} was written but cannot be read`)
  return conversation
}

function subjectOf(question: string): string {
  const line = question.trim().split('\n', 1)[0] ?? ''
  const characters = [...line]
  return characters.length <= subjectLength ? line : `${characters.slice(0, subjectLength - 1).join('')}…`
}
