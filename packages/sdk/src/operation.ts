import { operations, type Operations } from './api.ts'
import { pagesOf, type Page, type Pages } from './pages.ts'
import type { Outgoing, Transport } from './transport.ts'

/** What may be said of one call, behind its own arguments. */
export interface CallOptions {
  /** Instead of the key that is made for each call: the same key makes the same call again be done once. */
  idempotencyKey?: string
  /** Gives up. What has reached the server may still be done. */
  signal?: AbortSignal
}

type OperationName = keyof Operations
/** What an operation answers: of a list, one row. */
export type Answer<O extends OperationName> = Operations[O]['answer']
/** A method that is given the operation's arguments in their order. */
export type Method<O extends OperationName, R = Promise<Answer<O>>> = (
  ...given: [...Operations[O]['arguments'], options?: CallOptions]
) => R

/** The methods of one client: each is made from the name of its operation alone. */
export interface Caller {
  /**
   * A method that answers the operation's answer. Repeated where it fails if it reads, takes an idempotency
   * key, or is said to be repeatable by itself.
   */
  one<O extends OperationName>(operation: O, more?: { repeatable: true }): Method<O>
  /** A method that answers a list that comes in one piece: read like the others, it is one page. */
  list<O extends OperationName>(operation: O): Method<O, Pages<Answer<O>>>
  /** A method that answers a list that comes in pages. */
  pages<O extends OperationName>(operation: O): Method<O, Pages<Answer<O>>>
}

/**
 * Builds requests from arguments. `newKey` makes an idempotency key for each call, which all its tries share.
 */
export function createCaller(transport: Transport, newKey: () => string): Caller {
  const read = async (
    operation: OperationName,
    given: unknown[],
    repeatable: boolean,
    more: Record<string, string> = {},
  ) => {
    const request = requestFor(operation, given, newKey, more)
    const bytes = await (repeatable ? transport.send(request) : transport.sendOnce(request))
    const { answer } = operations[operation]
    if (answer === 'nothing') return undefined
    return answer === 'bytes' ? bytes : (JSON.parse(bytes.toString('utf8')) as unknown)
  }
  return {
    one:
      (operation, { repeatable } = { repeatable: isRepeatable(operation) as true }) =>
      (...given) =>
        read(operation, given, repeatable) as Promise<never>,
    list:
      (operation) =>
      (...given) =>
        pagesOf(async () => ({
          nextCursor: null,
          ...((await read(operation, given, true)) as { data: never[] }),
        })),
    pages:
      (operation) =>
      (...given) =>
        pagesOf(
          (cursor) =>
            read(operation, given, true, cursor === undefined ? {} : { cursor }) as Promise<Page<never>>,
        ),
  }
}

function isRepeatable(operation: OperationName): boolean {
  return operation.startsWith('GET ') || operations[operation].idempotent === true
}

function requestFor(
  operation: OperationName,
  given: unknown[],
  newKey: () => string,
  more: Record<string, string>,
): Outgoing {
  const { body, query, idempotent } = operations[operation]
  const [method = '', template = ''] = operation.split(' ')
  const rest = [...given]
  const path = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    segment(rest.shift(), name, operation),
  )
  const content = body ? rest.shift() : undefined
  const asked = query ? (rest.shift() as Record<string, unknown> | undefined) : undefined
  const { idempotencyKey, signal } = (rest.shift() ?? {}) as CallOptions
  return {
    method,
    path: `${path}${searchOf({ ...asked, ...more })}`,
    signal,
    body: content === undefined ? undefined : JSON.stringify(content),
    idempotencyKey: idempotent ? (idempotencyKey ?? newKey()) : undefined,
  }
}

/** One part of a path. An empty one, or one of dots, would lead to another operation. */
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
