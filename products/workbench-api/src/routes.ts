import { keyScopes } from '@customer-portal/billing'
import { createLoginAttempts, TooManyLogins } from '@customer-portal/workbench'
import { authenticateKeys, describeApi, type App } from '@customer-portal/http'
import { authenticateWorkbench, refuseOtherSites } from './caller.ts'
import { Conversation, Message, Quota } from './contract.ts'
import { agentRoutes } from './handlers/agents.ts'
import { conversationRoutes } from './handlers/conversations.ts'
import { sessionRoutes, tooManyLogins } from './handlers/session.ts'
import { suggestionRoutes } from './handlers/suggestion.ts'
import type { Deps, WorkbenchApiOptions } from './options.ts'
import { chinese } from './reference/chinese.ts'
import { operations, values } from './reference/operations.ts'
import { sessionCookieName } from './session-cookie.ts'

/** The workbench's API, `/api/workbench/*`. The customer is the one of the logged-in agent. */
export async function registerWorkbenchApi(app: App, options: WorkbenchApiOptions): Promise<void> {
  const deps: Deps = { meter: 'ai_chat', portalUrl: '/portal', attempts: createLoginAttempts(), ...options }
  await app.register(
    async (scoped) => {
      const api = scoped as unknown as App
      api.addHook('onRequest', async (request) => refuseOtherSites(request))
      authenticateKeys(api, deps.engine)
      authenticateWorkbench(api, deps)
      answerTooManyLogins(api)
      await describeApi(api, description(options))
      sessionRoutes(api, deps)
      conversationRoutes(api, deps)
      suggestionRoutes(api, deps)
      agentRoutes(api, deps)
    },
    { prefix: '/api/workbench' },
  )
}

/** Answers a full password queue with 429: the client retries, and it is not an error of the server. */
function answerTooManyLogins(app: App): void {
  app.setErrorHandler((error) => {
    throw error instanceof TooManyLogins ? tooManyLogins(2) : error
  })
}

const description = ({ secure }: Pick<WorkbenchApiOptions, 'secure'>) => ({
  name: 'workbench',
  title: "Workbench's API",
  description:
    'What the agent workbench shows and does for the agent who is logged in. '
    + 'A cookie says who that is; what changes something must come from a page of the same origin, '
    + 'as JSON.',
  tags: [
    { name: 'session', description: 'Logging in and out, and the token for the portal' },
    { name: 'desk', description: 'Conversations and the suggestions of the assistant' },
    { name: 'agents', description: 'Making agents, by the vendor' },
  ],
  security: {
    workbenchCookie: {
      scheme: {
        type: 'apiKey' as const,
        in: 'cookie' as const,
        name: sessionCookieName({ secure }),
        description: 'Set by POST /login',
      },
      scopes: ['workbench:agent' as const],
    },
    secretKey: {
      scheme: { type: 'http' as const, scheme: 'bearer' as const, description: 'A secret key of the vendor' },
      scopes: [...keyScopes],
    },
  },
  schemas: { Conversation, Message, Quota },
  operations,
  values,
  chinese,
})
