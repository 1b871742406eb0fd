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
  Quota,
  SessionState,
  SuggestionAnswer,
  Thread,
} from '@customer-portal/workbench-api/contract'
import { ApiError, errorOf, UnreachableError } from '@customer-portal/ui/api-error.ts'
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

let onLoggedOut: () => void = () => undefined

/** Registers what happens when the server no longer accepts the session. */
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
  } catch (error) {
    throw new UnreachableError('the server cannot be reached', { cause: error })
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const refused = await errorOf(response)
  if (refused.status === 401 && refused.problem?.code === 'unauthorized') onLoggedOut()
  throw refused
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
 * A token for the portal; null when the agent's session has ended, and the workbench then shows its login.
 */
export async function portalToken(): Promise<string | null> {
  try {
    return (await api.portalToken()).token
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}
