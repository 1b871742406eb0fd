import type { OpenApi, Operation, Schema, SecurityScheme } from './document.ts'

/** One operation at its place in the document. */
export interface Call {
  method: string
  path: string
  operation: Operation
}

export function callsOf({ paths }: OpenApi): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

/** The path of a call with its example values, and its query. */
export function exampleUrl({ path, operation: { parameters = [] } }: Call): string {
  const valueOf = (name: string) =>
    parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example ?? name
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && parameter.example !== undefined)
    .map(({ name, example }): [string, string] => [name, String(example)])
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(valueOf(name)))
  return query.length > 0 ? `${filled}?${new URLSearchParams(query).toString()}` : filled
}

export const exampleBody = ({ operation }: Call): unknown =>
  operation.requestBody?.content['application/json']?.example

/** The call with curl. `$URL` is the server; `$KEY`, `$TOKEN` and `$COOKIE` stand for the credential. */
export function curlExample(call: Call, schemes: Record<string, SecurityScheme>): string {
  const { method, operation } = call
  const body = exampleBody(call)
  const kind = answerOf(operation)?.kind
  const first = [
    'curl',
    ...(method === 'GET' || (method === 'POST' && body !== undefined) ? [] : [`-X ${method}`]),
    ...(kind === 'text/event-stream' ? ['-N'] : []),
    `"$URL${exampleUrl(call)}"`,
  ].join(' ')
  const secured = operation.security.flatMap((required) => Object.keys(required))[0]
  return [
    first,
    ...(secured ? [credential(secured, schemes[secured]!)] : []),
    ...(body === undefined
      ? []
      : ['-H "Content-Type: application/json"', `-d '${writtenJson(body).replaceAll("'", `'\\''`)}'`]),
    ...(kind && isFile(kind) ? [`-o ${fileName(operation, kind)}`] : []),
  ].join(' \\\n  ')
}

function credential(name: string, scheme: SecurityScheme): string {
  if (scheme.type === 'apiKey') return `--cookie "${scheme.name}=$COOKIE"`
  return `-H "Authorization: Bearer $${name === 'secretKey' ? 'KEY' : 'TOKEN'}"`
}

/** The call with the SDK; undefined when the SDK has no method for it. */
export function sdkExample(call: Call): string | undefined {
  const { operation, path } = call
  const method = operation['x-sdk-method']
  if (method === undefined) return undefined
  const { parameters = [] } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(
    ([, name]) =>
      parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.example ?? name,
  )
  const body = exampleBody(call)
  const query = Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === 'query' && parameter.example !== undefined)
      .map(({ name, example }) => [name, example]),
  )
  const given = [
    ...inPath,
    ...(operation.requestBody ? [body] : []),
    ...(Object.keys(query).length > 0 ? [query] : []),
  ]
  const made = `client.${method}(${given.map((value) => literal(value)).join(', ')})`
  const answer = answerOf(operation)
  if (!answer) return `await ${made}`
  if (answer.kind !== 'application/json') return `const bytes = await ${made}`
  return answer.isList ? `for await (const row of ${made}) console.log(row)` : `const answer = await ${made}`
}

/** The example of the successful answer; undefined when it is empty. */
export function answerOf({
  responses,
}: Operation): { status: string; kind: string; schema: Schema; isList: boolean } | undefined {
  const [status, response] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [
    '',
    undefined,
  ]
  const [media] = Object.entries(response?.content ?? {})
  if (!media) return undefined
  const { data, ...rest } = media[1].schema.properties ?? {}
  const isList =
    data?.type === 'array' && Object.keys(rest).every((name) => name === 'nextCursor' || name === 'customers')
  return { status, kind: media[0], schema: media[1].schema, isList }
}

const isFile = (kind: string) => kind !== 'application/json' && kind !== 'text/event-stream'
const endings: Record<string, string> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
}
const fileName = ({ tags: [tag = 'file'] }: Operation, kind: string) => `${tag}.${endings[kind] ?? 'bin'}`

const widest = 78

/** JSON on one line when short, otherwise with a line per part. */
function writtenJson(value: unknown, indent = ''): string {
  const flat = spaced(value, JSON.stringify)
  return flat.length + indent.length <= widest || typeof value !== 'object' || value === null
    ? flat
    : broken(value, indent, JSON.stringify, writtenJson)
}

/** The same as a JavaScript literal. */
function literal(value: unknown, indent = ''): string {
  const flat = spaced(value, keyOf)
  return flat.length + indent.length <= widest || typeof value !== 'object' || value === null
    ? flat
    : broken(value, indent, keyOf, literal)
}

const keyOf = (key: string) => (/^[a-z_$][\w$]*$/i.test(key) ? key : `'${key}'`)

function spaced(value: unknown, key: (name: string) => string): string {
  if (typeof value === 'string')
    return key === keyOf
      ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
      : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((inner) => spaced(inner, key)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).map(([name, inner]) => `${key(name)}: ${spaced(inner, key)}`)
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function broken(
  value: object,
  indent: string,
  key: (name: string) => string,
  write: (value: unknown, indent: string) => string,
): string {
  const inner = `${indent}  `
  if (Array.isArray(value))
    return `[\n${value.map((one) => inner + write(one, inner)).join(',\n')}\n${indent}]`
  return `{\n${Object.entries(value)
    .map(([name, one]) => `${inner}${key(name)}: ${write(one, inner)}`)
    .join(',\n')}\n${indent}}`
}
