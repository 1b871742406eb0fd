import type { FastifyReply, FastifyRequest } from 'fastify'
import { BillingError, idempotently, type Engine, type Code } from '@customer-portal/billing'
import { failures } from './error-codes.ts'

/** The scope of a key: one credential, one customer ('' where the command belongs to none) and one route. */
export interface Asker {
  engine: Engine
  credential: string
  customerId: string
}

/**
 * Runs a command at most once per `Idempotency-Key`: the same request again returns the stored answer, marked
 * `Idempotent-Replayed: true`. Without the header the command simply runs.
 */
export async function once<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { engine, credential, customerId }: Asker,
  status: number,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const key = idempotencyKeyOf(request)
  if (key === undefined) {
    void reply.code(status)
    return work(engine)
  }
  // The decoded parts of the path: differently encoded, it is still the same command.
  const {
    routeOptions: { url = '' },
    params,
  } = request
  const names = Object.values(params as Record<string, string>)
  const route = `${request.method} ${names.length === 0 ? url : JSON.stringify([url, ...names])}`
  const kept = await idempotently(
    engine,
    { customerId, credential, route, key, body: request.body ?? null },
    async (inside) => ({ status, body: await work(inside) }),
    refusalStatus,
  )
  void reply.code(kept.status)
  if (kept.replayed) void reply.header('idempotent-replayed', 'true')
  return kept.body as T
}

/**
 * The status of a rejection that is stored as the answer, because the rule rejects it every time; undefined
 * for one that a retry may change.
 */
function refusalStatus(code: Code): number | undefined {
  const { status } = failures[code]
  return status === 409 || status === 422 ? status : undefined
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key
  throw new BillingError('validation_failed', {
    pointer: 'header:Idempotency-Key',
    message: 'Idempotency-Key must be 1 to 255 printable ASCII characters.',
  })
}
