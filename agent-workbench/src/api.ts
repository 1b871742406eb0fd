import type {
  Agent,
  Conversation,
  ConversationPage,
  Login,
  Me,
  Message,
  NewConversation,
  NewMessage,
  PortalToken,
  Problem,
  Quota,
  SessionState,
  SuggestionAnswer,
  Thread,
} from '@customer-portal/workbench-api/contract'
import { locale } from './preferences.ts'

export type {
  Agent,
  Conversation,
  ConversationPage,
  Me,
  Message,
  NewConversation,
  NewMessage,
  Quota,
  SuggestionAnswer,
  Thread,
}

/** What the server refused, or that it could not be reached (`offline`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: number
  readonly requestId: string | null
  readonly retryAfter: number | null

  constructor({
    code,
    status,
    detail,
    requestId,
    retryAfter,
  }: {
    code: string
    status: number
    detail: string
    requestId?: string
    retryAfter?: number | null
  }) {
    super(detail)
    this.code = code
    this.status = status
    this.requestId = requestId ?? null
    this.retryAfter = retryAfter ?? null
  }
}

let onLoggedOut: () => void = () => undefined

/** Says what happens when the server no longer knows the login. */
export function whenLoggedOut(react: () => void) {
  onLoggedOut = react
}

async function ask<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': locale.value }
  if (method !== 'GET') headers['content-type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(`/api/workbench${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    })
  } catch {
    throw new ApiError({ code: 'offline', status: 0, detail: '' })
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  throw await errorFrom(response)
}

async function errorFrom(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
  const code = problem.code ?? 'internal_error'
  if (response.status === 401 && code === 'unauthorized') onLoggedOut()
  return new ApiError({
    code,
    status: response.status,
    detail: problem.errors?.[0]?.detail ?? problem.detail ?? '',
    requestId: problem.requestId,
    retryAfter: Number(response.headers.get('retry-after')) || null,
  })
}

const at = (conversationId: string) => `/conversations/${encodeURIComponent(conversationId)}`

export const api = {
  login: (body: Login) => ask<Me>('POST', '/login', body),
  logout: () => ask<void>('POST', '/logout'),
  session: () => ask<SessionState>('GET', '/session'),
  setLocale: (body: Pick<Agent, 'locale'>) => ask<Me>('PUT', '/me', body),
  quota: () => ask<Quota>('GET', '/quota'),
  conversations: (cursor?: string) =>
    ask<ConversationPage>(
      'GET',
      `/conversations?limit=30${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    ),
  thread: (conversationId: string) => ask<Thread>('GET', at(conversationId)),
  startConversation: (body: NewConversation) => ask<Conversation>('POST', '/conversations', body),
  addMessage: (conversationId: string, body: NewMessage) =>
    ask<Message>('POST', `${at(conversationId)}/messages`, body),
  closeConversation: (conversationId: string) => ask<Conversation>('POST', `${at(conversationId)}/close`),
  suggest: (conversationId: string) => ask<SuggestionAnswer>('POST', `${at(conversationId)}/suggestion`),
  portalToken: () => ask<PortalToken>('POST', '/portal-session', { locale: locale.value }),
}

/**
 * A token for the portal; null when the agent's login is over: the workbench itself goes to its login then.
 */
export async function portalToken(): Promise<string | null> {
  try {
    return (await api.portalToken()).token
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}
