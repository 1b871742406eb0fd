import { operations, type Operations } from './api.ts'
import { pagesOf, type Page, type Pages } from './pages.ts'
import type { Outgoing, Transport } from './transport.ts'

/** Options of one call, after its own arguments. */
export interface CallOptions {
  /** Replaces the generated key: a call repeated with the same key takes effect once. */
  idempotencyKey?: string
  /** Aborts the call. If the request has reached the server, it may still take effect. */
  signal?: AbortSignal
}

type OperationName = keyof Operations
/** The answer of an operation; for a list, one row. */
export type Answer<O extends OperationName> = Operations[O]['answer']
/** A method that takes the operation's arguments in order. */
export type Method<O extends OperationName, R = Promise<Answer<O>>> = (
  ...args: [...Operations[O]['arguments'], options?: CallOptions]
) => R

/** Makes the methods of one client, each from the name of its operation. */
export interface Caller {
  /**
   * A method that returns the operation's answer. It is retried on failure if it reads, takes an idempotency
   * key, or is marked repeatable.
   */
  one<O extends OperationName>(operation: O, more?: { repeatable: true }): Method<O>
  /** A method that returns an unpaged list: read like the others, as one page. */
  list<O extends OperationName>(operation: O): Method<O, Pages<Answer<O>>>
  /** A method that returns a paged list. */
  pages<O extends OperationName>(operation: O): Method<O, Pages<Answer<O>>>
}

/** Builds requests from arguments. `newKey` makes an idempotency key for each call, shared by its retries. */
export function createCaller(transport: Transport, newKey: () => string): Caller {
  const read = async (
    operation: OperationName,
    args: unknown[],
    repeatable: boolean,
    more: Record<string, string> = {},
  ) => {
    const request = requestFor(operation, args, newKey, more)
    const bytes = await (repeatable ? transport.send(request) : transport.sendOnce(request))
    const { answer } = operations[operation]
    if (answer === 'nothing') return undefined
    return answer === 'bytes' ? bytes : (JSON.parse(bytes.toString('utf8')) as unknown)
  }
  return {
    one:
      (operation, { repeatable } = { repeatable: isRepeatable(operation) as true }) =>
      (...args) =>
        read(operation, args, repeatable) as Promise<never>,
    list:
      (operation) =>
      (...args) =>
        pagesOf(async () => ({
          nextCursor: null,
          ...((await read(operation, args, true)) as { data: never[] }),
        })),
    pages:
      (operation) =>
      (...args) =>
        pagesOf(
          (cursor) =>
            read(operation, args, true, cursor === undefined ? {} : { cursor }) as Promise<Page<never>>,
        ),
  }
}

function isRepeatable(operation: OperationName): boolean {
  return operation.startsWith('GET ') || operations[operation].idempotent === true
}

function requestFor(
  operation: OperationName,
  args: unknown[],
  newKey: () => string,
  more: Record<string, string>,
): Outgoing {
  const { body, query, idempotent } = operations[operation]
  const [method = '', template = ''] = operation.split(' ')
  const rest = [...args]
  const path = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    segment(rest.shift(), name, operation),
  )
  const content = body ? rest.shift() : undefined
  const queryValues = query ? (rest.shift() as Record<string, unknown> | undefined) : undefined
  const { idempotencyKey, signal } = (rest.shift() ?? {}) as CallOptions
  return {
    method,
    path: `${path}${searchOf({ ...queryValues, ...more })}`,
    signal,
    body: content === undefined ? undefined : JSON.stringify(content),
    idempotencyKey: idempotent ? (idempotencyKey ?? newKey()) : undefined,
  }
}

/** One segment of a path. An empty one, or one of dots, would lead to another operation. */
function segment(value: unknown, name: string, operation: OperationName): string {
  if (typeof value !== 'string' || /^\.{0,2}$/.test(value))
    throw new TypeError(`${operation}: ${name} must be a text that names one, not ${JSON.stringify(value)}`)
  return encodeURIComponent(value)
}

function searchOf(query: Record<string, unknown>): string {
  const parameters = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  return parameters.length > 0 ? `?${new URLSearchParams(parameters).toString()}` : ''
}
