import type { Engine, BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { addSeconds, type Instant } from '../values/instant.ts'
import { hashOf, newSecret } from './secret.ts'

export type PortalRole = 'owner' | 'billing' | 'viewer'

/** The customer of a portal token, and its scopes. */
export interface PortalSession {
  sessionId: string
  customerId: string
  role: PortalRole
  actor: { id: string; name: string } | null
  locale: 'zh-CN' | 'en' | null
  /** Where they came from and return to when the session is over. */
  returnUrl: string | null
  expiresAt: Instant
}

export interface PortalToken {
  token: string
  expiresAt: Instant
}

const tokenSeconds = 15 * 60
const codeSeconds = 60
const renewalSeconds = 8 * 3600

/**
 * Opens the portal for a customer: a token of 15 minutes, and a code that can be exchanged for one once
 * within a minute (or `codeSeconds`, where the link stays in the vendor's hands).
 */
export async function createPortalSession(
  engine: Engine,
  input: {
    customerId: string
    role?: PortalRole
    actor?: { id: string; name: string }
    locale?: 'zh-CN' | 'en'
    returnUrl?: string
    codeSeconds?: number
  },
): Promise<PortalToken & { sessionId: string; code: string }> {
  return engine.transaction(async (tx) => {
    const known = await tx.query('select 1 from customers where customer_id = $1', [input.customerId])
    if (known.length === 0)
      throw new BillingError('customer_not_found', {
        pointer: '/customerId',
        customerId: input.customerId,
        message: `there is no customer '${input.customerId}'`,
      })
    const sessionId = tx.newId('pos')
    const code = newSecret('code')
    await tx.query(
      `insert into portal_sessions (
          customer_id, id, role, actor, locale, created_at, code_hash, code_expires_at, return_url
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        input.customerId,
        sessionId,
        input.role ?? 'owner',
        input.actor ? JSON.stringify(input.actor) : null,
        input.locale ?? null,
        tx.at,
        hashOf(code),
        addSeconds(tx.at, input.codeSeconds ?? codeSeconds),
        input.returnUrl ?? null,
      ],
    )
    return { sessionId, code, ...(await newToken(tx, input.customerId, sessionId)) }
  })
}

/**
 * Exchanges the one-time code. `renewal` is the secret of the standalone portal's cookie, which only renews.
 * Throws code_invalid.
 */
export async function exchangePortalCode(
  engine: Engine,
  input: { code: string },
): Promise<PortalToken & { customerId: string; renewal: { secret: string; expiresAt: Instant } }> {
  return engine.transaction(async (tx) => {
    const secret = newSecret('pr')
    const expiresAt = addSeconds(tx.at, renewalSeconds)
    const [session] = await tx.query<{ customer_id: string; id: string }>(
      `update portal_sessions
        set code_used_at = $2, renewal_hash = $3, renewal_expires_at = $4
        where code_hash = $1 and code_used_at is null and code_expires_at > $2 and ended_at is null
        returning customer_id, id`,
      [hashOf(input.code), tx.at, hashOf(secret), expiresAt],
    )
    if (!session)
      throw new BillingError('code_invalid', {
        pointer: '/code',
        message: 'the code is unknown, used or expired: ask for a new link',
      })
    return {
      customerId: session.customer_id,
      ...(await newToken(tx, session.customer_id, session.id)),
      renewal: { secret, expiresAt },
    }
  })
}

/** Returns the session of a token, or undefined when it is unknown, expired or ended. */
export async function findPortalSession(
  engine: Engine,
  input: { token: string },
): Promise<PortalSession | undefined> {
  const [session] = await engine.transaction(
    (tx) =>
      tx.query<PortalSession>(
        `select s.id as "sessionId", s.customer_id as "customerId", s.role, s.actor, s.locale,
            s.return_url as "returnUrl", t.expires_at as "expiresAt"
          from portal_tokens t
          join portal_sessions s on (s.customer_id, s.id) = (t.customer_id, t.session_id)
          where t.token_hash = $1 and t.expires_at > $2 and s.ended_at is null`,
        [hashOf(input.token), tx.at],
      ),
    { readOnly: true, keepPlans: true },
  )
  return session
}

/** Returns a new token for the holder of the renewal secret, with its customer. Throws unauthorized. */
export async function renewPortalSession(
  engine: Engine,
  input: { secret: string },
): Promise<PortalToken & { customerId: string }> {
  return engine.transaction(async (tx) => {
    const [session] = await tx.query<{ customer_id: string; id: string }>(
      `select customer_id, id
        from portal_sessions
        where renewal_hash = $1 and renewal_expires_at > $2 and ended_at is null`,
      [hashOf(input.secret), tx.at],
    )
    if (!session)
      throw new BillingError('unauthorized', {
        message: 'the session is over: open the portal again from a new link',
      })
    return { customerId: session.customer_id, ...(await newToken(tx, session.customer_id, session.id)) }
  })
}

/** Ends a session: its tokens and its renewal stop working at once. */
export async function endPortalSession(
  engine: Engine,
  input: { customerId: string; sessionId: string },
): Promise<void> {
  await engine.transaction(async (tx) => {
    await tx.query(
      'update portal_sessions set ended_at = $3 where customer_id = $1 and id = $2 and ended_at is null',
      [input.customerId, input.sessionId, tx.at],
    )
    await tx.query('delete from portal_tokens where customer_id = $1 and session_id = $2', [
      input.customerId,
      input.sessionId,
    ])
  })
}

/**
 * Ends the sessions that a person of the vendor opened for a customer: their tokens stop working at once.
 * Returns their number.
 */
export async function endPortalSessionsOf(
  engine: Engine,
  input: { customerId: string; actorId: string },
): Promise<number> {
  return engine.transaction(async (tx) => {
    const ended = await tx.query<{ id: string }>(
      `update portal_sessions
        set ended_at = $3
        where customer_id = $1 and actor ->> 'id' = $2 and ended_at is null
        returning id`,
      [input.customerId, input.actorId, tx.at],
    )
    await tx.query('delete from portal_tokens where customer_id = $1 and session_id = any($2)', [
      input.customerId,
      ended.map(({ id }) => id),
    ])
    return ended.length
  })
}

async function newToken(tx: BillingTransaction, customerId: string, sessionId: string): Promise<PortalToken> {
  const token = newSecret('pt')
  const expiresAt = addSeconds(tx.at, tokenSeconds)
  await tx.query('delete from portal_tokens where customer_id = $1 and expires_at < $2', [customerId, tx.at])
  await tx.query(
    'insert into portal_tokens (customer_id, session_id, token_hash, expires_at) values ($1, $2, $3, $4)',
    [customerId, sessionId, hashOf(token), expiresAt],
  )
  return { token, expiresAt }
}
