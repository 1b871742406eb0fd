import { Type, type Static } from 'typebox'
import {
  CustomerId,
  Id,
  Instant,
  Locale,
  LocalizedText,
  Nullable,
  Page,
} from '@customer-portal/http/resources'

export type { Problem } from '@customer-portal/http/resources'

const closed = { additionalProperties: false } as const
const Email = Type.String({ format: 'email', maxLength: 254 })
const Password = Type.String({ minLength: 1, maxLength: 200 })
const Words = Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S', description: 'Not blank' })

export const Role = Type.Union([Type.Literal('owner'), Type.Literal('billing'), Type.Literal('viewer')])
export const Channel = Type.Union([
  Type.Literal('web'),
  Type.Literal('wechat'),
  Type.Literal('app'),
  Type.Literal('email'),
  Type.Literal('phone'),
])
export type Channel = Static<typeof Channel>

export const Agent = Type.Object(
  { id: Id, email: Type.String(), name: Type.String(), role: Role, locale: Locale },
  closed,
)
export type Agent = Static<typeof Agent>

/** POST /login */
export const Login = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 254 }), password: Password },
  closed,
)
export type Login = Static<typeof Login>

/** GET /me */
export const Me = Type.Object(
  {
    agent: Agent,
    customer: Type.Object({ id: CustomerId, companyName: Type.String(), timezone: Type.String() }, closed),
    portalUrl: Type.String({
      description: 'Where the portal is: a path on this origin, or an absolute URL on another',
    }),
  },
  closed,
)
export type Me = Static<typeof Me>
/** GET /session */
export const SessionState = Type.Object({ me: Nullable(Me) }, closed)
export type SessionState = Static<typeof SessionState>
/** PUT /me */
export const MeUpdate = Type.Object({ locale: Locale }, closed)

/** GET /quota: the suggestions the customer has left. */
export const Quota = Type.Object(
  {
    meter: Id,
    name: LocalizedText,
    allowed: Type.Boolean({ description: 'Whether one more suggestion would be given' }),
    included: Nullable(Type.Number({ description: 'null is unlimited' })),
    granted: Type.Number({
      description: 'What grants add: what they cover of `used` and `reserved`, and what they have left today',
    }),
    used: Type.Number(),
    deficit: Type.Number({ description: 'Used ahead in earlier usage periods: counts as used in this one' }),
    reserved: Type.Number({ description: 'Held back for work under way' }),
    remaining: Nullable(Type.Number()),
    overagePolicy: Nullable(Type.Union([Type.Literal('bill'), Type.Literal('block')])),
    resetsAt: Nullable(Instant),
  },
  closed,
)
export type Quota = Static<typeof Quota>

export const ConversationStatus = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('answered'),
  Type.Literal('closed'),
])
export const Conversation = Type.Object(
  {
    id: Id,
    visitorName: Type.String(),
    channel: Channel,
    subject: Type.String(),
    status: ConversationStatus,
    lastMessage: Type.String(),
    createdAt: Instant,
    updatedAt: Instant,
  },
  closed,
)
export type Conversation = Static<typeof Conversation>
export const ConversationPage = Page(Conversation)
export type ConversationPage = Static<typeof ConversationPage>

export const Message = Type.Object(
  {
    id: Id,
    author: Type.Union([Type.Literal('visitor'), Type.Literal('agent'), Type.Literal('ai')], {
      description: '`ai`: a suggestion to the agent; the visitor never sees it',
    }),
    agentName: Nullable(Type.String()),
    text: Type.String(),
    answersId: Nullable(Type.String({ description: "Of a suggestion: the visitor's message it answers" })),
    sourceId: Nullable(Type.String({ description: 'Of a suggestion: the FAQ entry' })),
    sourceTitle: Nullable(Type.String()),
    matchPercent: Nullable(
      Type.Integer({ description: "Of a suggestion: the share of the question's meaning it covers" }),
    ),
    createdAt: Instant,
  },
  closed,
)
export type Message = Static<typeof Message>

/** GET /conversations/{id} */
export const Thread = Type.Object({ ...Conversation.properties, messages: Type.Array(Message) }, closed)
export type Thread = Static<typeof Thread>

/** POST /conversations */
export const NewConversation = Type.Object(
  {
    // A fixed format: with the id of a message it forms the id of the event that a suggestion is charged by,
    // so no two pairs may give the same text.
    id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Chosen by the sender: the same conversation sent twice is kept once',
      }),
    ),
    visitorName: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
    channel: Channel,
    question: Words,
  },
  closed,
)
export type NewConversation = Static<typeof NewConversation>

/** POST /conversations/{id}/messages */
export const NewMessage = Type.Object(
  {
    id: Type.Optional({
      ...Id,
      description: 'Chosen by the sender: the same message sent twice is kept once',
    }),
    author: Type.Union([Type.Literal('visitor'), Type.Literal('agent')]),
    text: Words,
  },
  closed,
)
export type NewMessage = Static<typeof NewMessage>

/** POST /conversations/{id}/suggestion */
export const SuggestionAnswer = Type.Object(
  {
    outcome: Type.Union(
      [Type.Literal('suggested'), Type.Literal('no_answer'), Type.Literal('quota_exhausted')],
      {
        description: 'Only `suggested` costs one unit, once for each question however often it is asked for',
      },
    ),
    message: Nullable(Message),
    quota: Quota,
  },
  closed,
)
export type SuggestionAnswer = Static<typeof SuggestionAnswer>

/** POST /portal-session */
export const PortalSessionRequest = Type.Object({ locale: Type.Optional(Locale) }, closed)
export const PortalToken = Type.Object({ token: Type.String(), expiresAt: Instant }, closed)
export type PortalToken = Static<typeof PortalToken>

/** POST /agents, with the vendor's secret key */
export const NewAgent = Type.Object(
  {
    customerId: CustomerId,
    email: Email,
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    role: Role,
    locale: Type.Optional(Locale),
    password: Type.String({ minLength: 10, maxLength: 200 }),
  },
  closed,
)
export type NewAgent = Static<typeof NewAgent>
export const ListedAgent = Type.Object(
  {
    ...Agent.properties,
    customerId: CustomerId,
    createdAt: Instant,
    disabledAt: Nullable({ ...Instant, description: 'Since when they cannot log in' }),
  },
  closed,
)
/** POST /agents/{id}/password: without a password, one is generated and returned. */
export const PasswordReset = Type.Object(
  { password: Type.Optional(Type.String({ minLength: 10, maxLength: 200 })) },
  closed,
)
export const PasswordSet = Type.Object(
  {
    ...ListedAgent.properties,
    password: Nullable(Type.String({ description: 'The one that was made; it is never shown again' })),
  },
  closed,
)
/** PUT /me/password */
export const PasswordChange = Type.Object(
  { current: Password, password: Type.String({ minLength: 10, maxLength: 200 }) },
  closed,
)
export const CreatedAgent = Type.Object(
  { ...Agent.properties, customerId: CustomerId, createdAt: Instant },
  closed,
)
