import type { FastifyReply, FastifyRequest } from 'fastify'
import { BillingError, idempotently, type Engine, type Code } from '@customer-portal/billing'
import { failures } from './failures.ts'

/**
 * Who asks: a key counts for one credential, one customer ('' where the command is nobody's) and one route.
 */
export interface Asker {
  engine: Engine
  credential: string
  customerId: string
}

/**
 * Runs a command at most once per `Idempotency-Key`: the same request again gets the kept answer, marked
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
  // By the decoded parts of the path: however they were written, it is the same command.
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

/** A refusal by rule is an answer and is kept; what may turn out otherwise the next time is not. */
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
