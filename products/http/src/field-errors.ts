import type { Language } from './language.ts'

/** One error as Ajv reports it (with `allErrors`). */
export interface SchemaError {
  keyword: string
  instancePath: string
  schemaPath: string
  params: Record<string, unknown>
  message?: string
}

export interface FieldError {
  pointer: string
  code: string
  detail: string
}

/**
 * Where a value was: a JSON pointer inside the body, `?name` for a query parameter, `:name` for one in the
 * path.
 */
export type Place = 'body' | 'querystring' | 'params' | 'headers'

/** Maximum number of errors in an answer; nobody reads more. */
const maxReported = 20
/**
 * Maximum number of errors compared with each other: a body within its limits can hold a hundred thousand.
 */
const maxCompared = 200

/**
 * What is wrong with each field, in the reader's language; at most twenty. Takes time linear in the number of
 * errors.
 */
export function fieldErrors(errors: readonly SchemaError[], place: Place, language: Language): FieldError[] {
  const reported = new Map<string, FieldError>()
  for (const error of withoutOtherBranches(firstOf(errors))) {
    const { code, [language]: detail } = textOf(error)
    const pointer = pointerAt(pathOf(error), place)
    const key = JSON.stringify([pointer, code])
    if (!reported.has(key)) reported.set(key, { pointer, code, detail })
    if (reported.size === maxReported) break
  }
  return [...reported.values()]
}

/**
 * The first errors. Ajv reports a union after its branches: if the cut falls among them, the union's own
 * error replaces them.
 */
function firstOf(errors: readonly SchemaError[]): readonly SchemaError[] {
  const last = errors[maxCompared - 1]
  if (!last || errors.length === maxCompared) return errors
  let cut: SchemaError | undefined
  for (let index = maxCompared; index < errors.length; index += 1) {
    const error = errors[index]!
    if (
      error.keyword === 'anyOf'
      && isInUnion(last, error)
      && (!cut || error.schemaPath.length < cut.schemaPath.length)
    )
      cut = error
  }
  const first = errors.slice(0, maxCompared)
  const union = cut
  return union ? [...first.filter((error) => !isInUnion(error, union)), union] : first
}

/** Writes a JSON pointer in the notation of its place. */
export function pointerAt(pointer: string, place: Place): string {
  if (place === 'body') return pointer
  return (place === 'querystring' ? '?' : place === 'params' ? ':' : '') + pointer.slice(1)
}

function pathOf(error: SchemaError): string {
  const name = error.params.missingProperty ?? error.params.additionalProperty
  return typeof name === 'string'
    ? `${error.instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    : error.instancePath
}

/**
 * Ajv reports every failed branch of a union, but the caller meant one of them. Branches of another kind
 * (another `const`, another type) are dropped; when no single branch is left, the union's own error is
 * reported.
 */
function withoutOtherBranches(errors: readonly SchemaError[]): SchemaError[] {
  const unions = errors
    .filter((error) => error.keyword === 'anyOf')
    .sort((a, b) => b.schemaPath.length - a.schemaPath.length)
  let kept = [...errors]
  for (const union of unions) {
    const inUnion = (error: SchemaError) => isInUnion(error, union)
    const branchOf = (error: SchemaError) => error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0]
    const inside = kept.filter((error) => inUnion(error) && !isNull(error, union))
    const otherKinds = new Set(inside.filter((error) => isOfAnotherKind(error, union)).map(branchOf))
    const isOnlyBranch = new Set(inside.map(branchOf)).size === 1
    const meant = isOnlyBranch ? inside : inside.filter((error) => !otherKinds.has(branchOf(error)))
    const allowedValues = inside
      .filter((error) => error.keyword === 'const' && error.instancePath === union.instancePath)
      .map((error) => error.params.allowedValue)
    kept = kept.filter((error) => error !== union && !inUnion(error))
    if (new Set(meant.map(branchOf)).size === 1) kept.push(...meant)
    else kept.push({ ...union, params: { allowedValues } })
  }
  return kept
}

function isInUnion(error: SchemaError, union: SchemaError): boolean {
  return (
    error.schemaPath.startsWith(`${union.schemaPath}/`) && isInside(error.instancePath, union.instancePath)
  )
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

/** The null branch of an optional value: a caller who sent a value did not mean it. */
function isNull(error: SchemaError, union: SchemaError): boolean {
  return error.keyword === 'type' && error.params.type === 'null' && error.instancePath === union.instancePath
}

function isOfAnotherKind(error: SchemaError, union: SchemaError): boolean {
  if (error.keyword === 'const')
    return (
      error.instancePath === union.instancePath
      || error.instancePath.lastIndexOf('/') === union.instancePath.length
    )
  return error.keyword === 'type' && error.instancePath === union.instancePath
}

function textOf({ keyword, params, message }: SchemaError): { code: string } & Record<Language, string> {
  switch (keyword) {
    case 'required':
      return { code: 'required', 'zh-CN': '必填。', en: 'is required' }
    case 'additionalProperties':
      return { code: 'unknown_field', 'zh-CN': '没有这个字段。', en: 'is not a known field' }
    case 'type':
      return {
        code: 'wrong_type',
        'zh-CN': `类型应为 ${params.type}。`,
        en: `must be of type ${params.type}`,
      }
    case 'const':
      return {
        code: 'not_allowed',
        'zh-CN': `只能是 ${params.allowedValue}。`,
        en: `must be ${params.allowedValue}`,
      }
    case 'enum':
    case 'anyOf':
      return oneOf(params.allowedValues)
    case 'minLength':
      return Number(params.limit) === 1
        ? { code: 'too_short', 'zh-CN': '不能为空。', en: 'must not be empty' }
        : {
            code: 'too_short',
            'zh-CN': `至少 ${params.limit} 个字符。`,
            en: `must have at least ${params.limit} characters`,
          }
    case 'maxLength':
      return {
        code: 'too_long',
        'zh-CN': `最多 ${params.limit} 个字符。`,
        en: `must have at most ${params.limit} characters`,
      }
    case 'minItems':
      return {
        code: 'too_few',
        'zh-CN': `至少 ${params.limit} 项。`,
        en: `must have at least ${params.limit} items`,
      }
    case 'maxItems':
      return {
        code: 'too_many',
        'zh-CN': `最多 ${params.limit} 项。`,
        en: `must have at most ${params.limit} items`,
      }
    case 'minProperties':
      return {
        code: 'too_few',
        'zh-CN': `至少 ${params.limit} 项。`,
        en: `must have at least ${params.limit} entries`,
      }
    case 'maxProperties':
      return {
        code: 'too_many',
        'zh-CN': `最多 ${params.limit} 项。`,
        en: `must have at most ${params.limit} entries`,
      }
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return {
        code: 'out_of_range',
        'zh-CN': `必须 ${params.comparison} ${params.limit}。`,
        en: `must be ${params.comparison} ${params.limit}`,
      }
    case 'format':
      return {
        code: 'invalid_format',
        'zh-CN': `格式应为${chineseFormats[String(params.format)] ?? ` ${params.format}`}。`,
        en: `must be a valid ${params.format}`,
      }
    case 'pattern':
      return { code: 'invalid_format', 'zh-CN': '格式不正确。', en: `must match ${params.pattern}` }
    case 'characters':
      return {
        code: 'invalid_characters',
        'zh-CN': '含有不能保存的字符。',
        en: 'holds a character that cannot be stored',
      }
    case 'depth':
      return {
        code: 'too_deep',
        'zh-CN': `嵌套超过 ${params.limit} 层。`,
        en: `is nested more than ${params.limit} deep`,
      }
    case 'members':
      return {
        code: 'too_many',
        'zh-CN': `最多 ${params.limit} 项。`,
        en: `must have at most ${params.limit} entries`,
      }
    case 'finite':
      return { code: 'out_of_range', 'zh-CN': '数值过大。', en: 'is a number too large to be kept' }
    default:
      return { code: 'invalid', 'zh-CN': '不符合要求。', en: message ?? 'is not valid' }
  }
}

function oneOf(values: unknown): { code: string } & Record<Language, string> {
  const list = Array.isArray(values) && values.length > 0 ? values.join(', ') : undefined
  return list
    ? { code: 'not_allowed', 'zh-CN': `只能是其中之一：${list}。`, en: `must be one of ${list}` }
    : { code: 'invalid', 'zh-CN': '不符合任何一种允许的形式。', en: 'does not have any of the allowed forms' }
}

const chineseFormats: Record<string, string> = {
  email: '电子邮箱地址',
  date: '日期（YYYY-MM-DD）',
  'date-time': '带时区的时间（RFC 3339）',
}
