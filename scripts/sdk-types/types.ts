import openapiTS, { astToString } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'
import { inProject } from '../project.mjs'
import { declared, exportedType, mayBeNull, memberAt, membersOf, withNames } from './nodes.ts'
import type { OpenApi, Operation } from './openapi.ts'

const prefix = '/api/billing'
const head =
  `// Generated from the OpenAPI document of the vendor's API: \`npm run sdk-types\`. `
  + `A test fails when it is out of date.\n`

/**
 * The source of packages/sdk/src/api.ts: a type per named schema, and for each operation its arguments, its
 * answer and its request. openapi-typescript makes the types. They get names of their own here, because an
 * editor shows `Invoice` for a named type, and all its fields for `components['schemas']['Invoice']`.
 */
export async function typesOf(document: OpenApi): Promise<string> {
  const options = { silent: true, defaultNonNullable: false }
  const made = (await openapiTS(JSON.stringify(document), options)).map(withNames)
  const schemas = membersOf(membersOf(declared(made, 'components')).get('schemas')?.type)
  const types = membersOf(declared(made, 'operations'))
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path.slice(prefix.length)}`,
        operation,
        type: types.get(operation.operationId)?.type,
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const text = [
    head,
    ...[...schemas]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => astToString(exportedType(name, member))),
    '/** What each operation is given, in this order, and what it answers. */',
    `export interface Operations {\n${operations.map(signature).join('')}}\n`,
    shapes,
    'export const operations: Record<keyof Operations, OperationShape> = {',
    `${operations.map(shape).join('')}}\n`,
  ].join('\n')
  const file = inProject('packages', 'sdk', 'src', 'api.ts')
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}

const shapes = `/** How an operation is called: which arguments follow those in its path, and what its answer is. */
export interface OperationShape {
  body?: true
  query?: true
  /** Takes an \`Idempotency-Key\`. */
  idempotent?: true
  /** \`list\`: the rows alone. \`page\`: one part of a longer list. */
  answer: 'json' | 'list' | 'page' | 'bytes' | 'nothing'
}
`

interface Described {
  name: string
  operation: Operation
  type: ts.TypeNode | undefined
}

function signature({ name, operation, type }: Described): string {
  const path = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => `${parameter}: string`)
  const body = memberAt(type, 'requestBody', 'content', 'application/json')
  const query = memberAt(type, 'parameters', 'query')
  const given = [
    ...path,
    ...(body ? [`body${mayBeNull(body.type) ? '?' : ''}: ${astToString(body.type)}`] : []),
    ...(hasQuery(operation) && query
      ? [`query${query.node.questionToken ? '?' : ''}: ${astToString(query.type)}`]
      : []),
  ]
  return `/** ${operation.summary}. */
    '${name}': { arguments: [${given.join(', ')}]; answer: ${answerType(operation, type)} }\n`
}

function shape({ name, operation }: Described): string {
  const parts = [
    ...(operation.requestBody ? ['body: true'] : []),
    ...(hasQuery(operation) ? ['query: true'] : []),
    ...(operation.parameters?.some((parameter) => parameter.name === 'Idempotency-Key')
      ? ['idempotent: true']
      : []),
    `answer: '${answerKind(operation)}'`,
  ]
  return `  '${name}': { ${parts.join(', ')} },\n`
}

const hasQuery = (operation: Operation) => operation.parameters?.some((each) => each.in === 'query') ?? false

/** The status of an operation's answer, and its media type if it has a body. */
function answered({ responses }: Operation): { status: string; kind: string | undefined } {
  const [status, { content }] = Object.entries(responses).find(([each]) => each.startsWith('2'))!
  return { status, kind: Object.keys(content ?? {})[0] }
}

function answerKind(operation: Operation): string {
  const { status, kind } = answered(operation)
  if (!kind) return 'nothing'
  if (kind !== 'application/json') return 'bytes'
  const { data, nextCursor, ...more } = operation.responses[status]?.content?.[kind]?.schema.properties ?? {}
  if (nextCursor) return 'page'
  return data?.type === 'array' && Object.keys(more).length === 0 ? 'list' : 'json'
}

/** For a list or a page, the type of one row: the client joins the pages. */
function answerType(operation: Operation, type: ts.TypeNode | undefined): string {
  const kind = answerKind(operation)
  if (kind === 'nothing') return 'void'
  if (kind === 'bytes') return 'Uint8Array'
  const answer = memberAt(type, 'responses', answered(operation).status, 'content', 'application/json')!.type
  if (kind === 'json') return astToString(answer)
  const rows = memberAt(answer, 'data')!.type
  if (!ts.isArrayTypeNode(rows)) throw new Error(`the rows of ${operation.operationId} are no array`)
  return astToString(rows.elementType)
}
