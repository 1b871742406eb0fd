import {
  actingFor,
  BillingError,
  createPortalSession,
  endPortalSessionsOf,
  getCustomer,
} from '@customer-portal/billing'
import {
  WorkbenchError,
  type Agent,
  agentExists,
  findAgent,
  logIn,
  loginName,
  logOut,
  setAgentLocale,
  setAgentPassword,
} from '@customer-portal/workbench'
import { callerOf, type App } from '@customer-portal/http'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  Login,
  Me,
  MeUpdate,
  PasswordChange,
  PortalSessionRequest,
  PortalToken,
  SessionState,
} from '../contract.ts'
import type { Deps } from '../options.ts'
import { clearSessionCookie, sessionCookieName, setSessionCookie } from '../session-cookie.ts'

/** Logging in and out, the current agent, and the token of the agent's portal. */
export function sessionRoutes(app: App, deps: Deps): void {
  const { engine, workbench, secure } = deps

  app.post(
    '/login',
    {
      config: { scope: 'public' },
      schema: {
        summary: 'Log in',
        tags: ['session'],
        description: 'Sets an HttpOnly cookie for 12 hours.',
        body: Login,
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const { agent, secret } = await checkPassword(deps, request, request.body)
      setSessionCookie(reply, { secret, secure })
      return meOf(deps, agent)
    },
  )

  app.post(
    '/logout',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Log out',
        tags: ['session'],
        description: 'Ends this login alone.',
        body: Type.Object({}, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await logOut(workbench, callerOf(request, 'workbench:agent'))
      clearSessionCookie(reply, { secure })
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/session',
    {
      config: { scope: 'public' },
      schema: {
        summary: 'Whether somebody is logged in',
        tags: ['session'],
        description: '`me: null` where nobody is; no mistake, since every visit begins so.',
        response: { 200: SessionState },
      },
    },
    async (request) => {
      const secret = request.cookies[sessionCookieName({ secure })]
      const agent = secret ? await findAgent(workbench, { secret }) : undefined
      return { me: agent ? await meOf(deps, agent) : null }
    },
  )

  app.get(
    '/me',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Who is logged in',
        tags: ['session'],
        description: 'With their customer, and where the portal is.',
        response: { 200: Me },
      },
    },
    async (request) => meOf(deps, callerOf(request, 'workbench:agent').agent),
  )

  app.put(
    '/me',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: 'Choose a language',
        tags: ['session'],
        description: 'Of the workbench, and of the portal that is opened from it.',
        body: MeUpdate,
        response: { 200: Me },
      },
    },
    async (request) => {
      const { id: agentId, customerId } = callerOf(request, 'workbench:agent').agent
      const agent = await setAgentLocale(workbench, { customerId, agentId, locale: request.body.locale })
      if (!agent) throw new BillingError('unauthorized', { message: 'This agent is gone.' })
      return meOf(deps, agent)
    },
  )

  app.put(
    '/me/password',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: "Change one's password",
        tags: ['session'],
        body: PasswordChange,
        response: { 200: Me },
        description:
          'Ends every login of the agent, and the portal tokens they have opened; '
          + 'this browser is logged in again.',
      },
    },
    async (request, reply) => {
      const { agent } = callerOf(request, 'workbench:agent')
      await checkPassword(
        deps,
        request,
        { email: agent.email, password: request.body.current },
        'wrong_password',
      )
      await setAgentPassword(workbench, { agentId: agent.id, password: request.body.password })
      await endPortalSessionsOf(engine, { customerId: agent.customerId, actorId: agent.id })
      const login = await logIn(workbench, { email: agent.email, password: request.body.password })
      if (!login) throw new BillingError('unauthorized', { message: 'This agent is gone.' })
      setSessionCookie(reply, { secret: login.secret, secure })
      return meOf(deps, login.agent)
    },
  )

  app.post(
    '/portal-session',
    {
      config: { scope: 'workbench:agent' },
      schema: {
        summary: "A token for the portal of the agent's customer",
        tags: ['session'],
        description:
          'It carries the role of the agent and lasts 15 minutes. The workbench hands it to the frame '
          + 'by message.',
        body: PortalSessionRequest,
        response: { 200: PortalToken },
      },
    },
    async (request) => {
      const { agent } = callerOf(request, 'workbench:agent')
      return createPortalSession(engine, {
        customerId: agent.customerId,
        role: agent.role,
        actor: { id: agent.id, name: agent.name },
        locale: request.body.locale ?? agent.locale,
      })
    },
  )
}

async function checkPassword(
  { workbench, attempts }: Deps,
  request: FastifyRequest,
  { email, password }: Login,
  refusal: 'login_failed' | 'wrong_password' = 'login_failed',
) {
  const attempt = { email, address: request.ip, now: workbench.now() }
  const wait = attempts.secondsToWait(attempt)
  if (wait > 0) {
    request.log.warn({ address: request.ip, waitSeconds: wait }, 'a login was refused: too many have failed')
    throw tooManyLogins(wait)
  }
  attempts.begin(attempt)
  const login = await logIn(workbench, { email, password })
  if (!login) {
    // A password may have been typed as the address, so it is logged only when an agent has it.
    const known = await agentExists(workbench, email)
    request.log.warn(
      { address: request.ip, ...(known ? { email: loginName(email) } : {}), known },
      'a login failed',
    )
    throw new WorkbenchError(refusal)
  }
  attempts.succeeded(attempt)
  return login
}

/** The error for a login that has to wait. */
export function tooManyLogins(seconds: number): BillingError {
  return new BillingError('rate_limited', {
    retryAfterSeconds: seconds,
    message: `Too many logins; try again in ${seconds} seconds.`,
  })
}

async function meOf({ engine, portalUrl }: Deps, agent: Agent): Promise<Me> {
  const { customerId, id, email, name, role, locale } = agent
  const { companyName, timezone } = await getCustomer(actingFor(engine, customerId), { customerId })
  return {
    agent: { id, email, name, role, locale },
    customer: { id: customerId, companyName, timezone },
    portalUrl,
  }
}
