import type { Engine, BillingTransaction } from './engine.ts'
import { BillingError, type Code, type FailureDetail } from './errors.ts'
import { canonicalJson, sha256 } from './values/canonical-json.ts'
import { addSeconds } from './values/instant.ts'

/** The scope of a key: credential, customer and route. `customerId` is '' where no customer is involved. */
export interface IdempotentRequest {
  customerId: string
  credential: string
  route: string
  key: string
  body: unknown
}

export interface Answer {
  status: number
  body: unknown
}

const keptSeconds = 48 * 3600

/** Rejections by rule are stored as answers: a retry would be rejected again. */
type StoredAnswer = { refusal: { code: Code; detail: FailureDetail } } | { answer: unknown }

/**
 * Runs a command once per key. The first answer is stored in the command's own transaction and replayed; so
 * is a rejection to which `refusalStatus` gives a status (its code's 409 or 422). Throws
 * idempotency_key_reused for the same key with another body, idempotency_in_progress while the first is
 * running.
 */
export async function idempotently(
  engine: Engine,
  request: IdempotentRequest,
  work: (engine: Engine) => Promise<Answer>,
  refusalStatus: (code: Code) => number | undefined,
): Promise<Answer & { replayed: boolean }> {
  const outcome = await engine.transaction(async (tx) => {
    await claim(tx, request)
    const kept = await findKept(tx, request)
    if (kept) return { ...kept, replayed: true }
    const first = await firstRun(tx, work, refusalStatus)
    await keep(tx, request, first)
    return { ...first, replayed: false }
  })
  if ('refusal' in outcome.kept)
    throw new BillingError(outcome.kept.refusal.code, outcome.kept.refusal.detail)
  return { status: outcome.status, body: outcome.kept.answer, replayed: outcome.replayed }
}

async function firstRun(
  tx: BillingTransaction,
  work: (engine: Engine) => Promise<Answer>,
  refusalStatus: (code: Code) => number | undefined,
): Promise<{ status: number; kept: StoredAnswer }> {
  try {
    const { status, body } = await tx.savepoint(() => work(tx))
    return { status, kept: { answer: body } }
  } catch (error) {
    const status = error instanceof BillingError ? refusalStatus(error.code) : undefined
    if (!(error instanceof BillingError) || status === undefined) throw error
    return { status, kept: { refusal: { code: error.code, detail: error.detail } } }
  }
}

/**
 * Returns the outcome of a command by its key: undefined where none is stored, because it never ran, is still
 * running, or ran more than 48 hours ago.
 */
export async function findOutcome(
  engine: Engine,
  input: { customerId: string; credential: string; key: string },
): Promise<{ outcome: 'done' } | { outcome: 'refused'; code: Code } | undefined> {
  const [row] = await engine.transaction(
    (tx) =>
      tx.query<{ body: StoredAnswer }>(
        `select body
          from idempotency_keys
          where customer_id = $1 and credential = $2 and key = $3 and created_at > $4
          order by created_at desc
          limit 1`,
        [input.customerId, input.credential, input.key, addSeconds(tx.at, -keptSeconds)],
      ),
    { readOnly: true },
  )
  if (!row) return undefined
  return 'refusal' in row.body ? { outcome: 'refused', code: row.body.refusal.code } : { outcome: 'done' }
}

/** Two requests with one key never run concurrently: the second gets an error instead of waiting. */
async function claim(tx: BillingTransaction, request: IdempotentRequest): Promise<void> {
  const name = sha256(canonicalJson([request.customerId, request.credential, request.route, request.key]))
  const [row] = await tx.query<{ claimed: boolean }>(
    "select pg_try_advisory_xact_lock(('x' || left($1, 16))::bit(64)::bigint) as claimed",
    [name],
  )
  if (!row!.claimed)
    throw new BillingError('idempotency_in_progress', {
      message: 'the first request with this Idempotency-Key is still running: ask again in a moment',
    })
}

async function findKept(
  tx: BillingTransaction,
  request: IdempotentRequest,
): Promise<{ status: number; kept: StoredAnswer } | undefined> {
  const [row] = await tx.query<{ body_hash: string; status: number; body: StoredAnswer }>(
    `select body_hash, status, body
      from idempotency_keys
      where customer_id = $1 and credential = $2 and route = $3 and key = $4 and created_at > $5`,
    [request.customerId, request.credential, request.route, request.key, addSeconds(tx.at, -keptSeconds)],
  )
  if (row && row.body_hash !== bodyHash(request))
    throw new BillingError('idempotency_key_reused', {
      message: 'this Idempotency-Key was used before with another body: take a new key for a new request',
    })
  return row && { status: row.status, kept: row.body }
}

async function keep(
  tx: BillingTransaction,
  request: IdempotentRequest,
  { status, kept }: { status: number; kept: StoredAnswer },
): Promise<void> {
  await tx.query('delete from idempotency_keys where customer_id = $1 and created_at <= $2', [
    request.customerId,
    addSeconds(tx.at, -keptSeconds),
  ])
  await tx.query(
    `insert into idempotency_keys (customer_id, credential, route, key, body_hash, status, body, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      request.customerId,
      request.credential,
      request.route,
      request.key,
      bodyHash(request),
      status,
      JSON.stringify(kept),
      tx.at,
    ],
  )
}

const bodyHash = (request: IdempotentRequest) => sha256(canonicalJson(request.body ?? null))
