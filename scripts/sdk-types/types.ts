import type { OpenApi, Operation, Parameter, Schema } from './openapi.ts'

const prefix = '/api/billing'
const head =
  `// Generated from the OpenAPI document of the vendor's API: \`npm run sdk-types\`. `
  + `A test fails when it is out of date.\n`

/**
 * The TypeScript of packages/sdk/src/api.ts: a type for each named schema, the arguments and the answer of
 * each operation, and how each is called.
 */
export function typesOf({ paths, components }: OpenApi): string {
  const operations = Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path.slice(prefix.length)}`,
        operation,
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const schemas = Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    head,
    ...schemas.map(
      ([name, schema]) => `${comment(schema.description)}export type ${name} = ${typeOf(schema)}\n`,
    ),
    '/** What each operation is given, in this order, and what it answers. '
      + `*/\nexport interface Operations {\n${operations.map(signature).join('')}}\n`,
    shapes,
    'export const operations: Record<keyof Operations, OperationShape> = '
      + `{\n${operations.map(shape).join('')}}\n`,
  ].join('\n')
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

function signature({ name, operation }: { name: string; operation: Operation }): string {
  const path = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => `${parameter}: string`)
  const body = bodyOf(operation)
  const query = parametersIn(operation, 'query')
  const given = [
    ...path,
    ...(body ? [`body${mayBeNull(body) ? '?' : ''}: ${typeOf(body)}`] : []),
    ...(query.length > 0
      ? [`query${query.some(({ required }) => required) ? '' : '?'}: ${queryType(query)}`]
      : []),
  ]
  return (
    indented(
      `/** ${operation.summary}. */\n'${name}': { arguments: [${given.join(', ')}]; answer: `
        + `${answerType(operation)} }`,
    ) + '\n'
  )
}

function shape({ name, operation }: { name: string; operation: Operation }): string {
  const parts = [
    ...(bodyOf(operation) ? ['body: true'] : []),
    ...(parametersIn(operation, 'query').length > 0 ? ['query: true'] : []),
    ...(parametersIn(operation, 'header').some((parameter) => parameter.name === 'Idempotency-Key')
      ? ['idempotent: true']
      : []),
    `answer: '${answerKind(operation)}'`,
  ]
  return `  '${name}': { ${parts.join(', ')} },\n`
}

const parametersIn = (operation: Operation, place: Parameter['in']) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === place)
const bodyOf = (operation: Operation) => operation.requestBody?.content['application/json']?.schema
const mayBeNull = (schema: Schema) => schema.anyOf?.some(({ type }) => type === 'null') ?? false
const queryType = (query: Parameter[]) =>
  objectType({
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  })

function answered(operation: Operation): { kind: string; schema: Schema | undefined } | undefined {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))
  const [content] = Object.entries(success?.[1].content ?? {})
  return content && { kind: content[0], schema: content[1].schema }
}

function answerKind(operation: Operation): string {
  const answer = answered(operation)
  if (!answer) return 'nothing'
  if (answer.kind !== 'application/json') return 'bytes'
  const { data, nextCursor } = answer.schema?.properties ?? {}
  if (nextCursor) return 'page'
  return data?.type === 'array' && Object.keys(answer.schema?.properties ?? {}).length === 1 ? 'list' : 'json'
}

/** Of a list or a page, the type of one row: the client puts them together again. */
function answerType(operation: Operation): string {
  const kind = answerKind(operation)
  if (kind === 'nothing') return 'void'
  if (kind === 'bytes') return 'Uint8Array'
  const schema = answered(operation)?.schema ?? {}
  return typeOf(kind === 'json' ? schema : (schema.properties?.['data']?.items ?? {}))
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.slice('#/components/schemas/'.length)
  if ('const' in schema) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ')
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return arrayType(typeOf(schema.items ?? {}))
    case 'object':
      return objectType(schema)
    case undefined:
      return 'unknown'
    default:
      throw new Error(`no type is known for ${JSON.stringify(schema)}`)
  }
}

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))
const arrayType = (item: string) => (/^[\w']+$/.test(item) ? `${item}[]` : `Array<${item}>`)

function objectType({ properties, required = [], patternProperties, additionalProperties }: Schema): string {
  if (!properties) {
    const [values] = Object.values(patternProperties ?? {})
    return (
      'Record<string, '
      + `${values ? typeOf(values) : typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>`
    )
  }
  const fields = Object.entries(properties).map(([name, schema]) => {
    const key = /^[a-z_$][\w$]*$/i.test(name) ? name : `'${name}'`
    return `${comment(schema.description)}${key}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`
  })
  return `{\n${indented(fields.join('\n'))}\n}`
}

const comment = (description: string | undefined) =>
  description ? `/** ${description.replaceAll('*/', '*\\/')} */\n` : ''
const indented = (text: string) => text.replaceAll(/^/gm, '  ')
