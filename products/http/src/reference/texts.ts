import type { Language } from '../language.ts'

/** The page's own texts, around those of the document. */
export interface Texts {
  otherLanguage: { lang: Language; name: string }
  product: string
  skip: string
  apis: string
  theme: string
  calls: string
  search: string
  searchHint: string
  found: string
  noneFound: string
  overview: string
  version: string
  licence: string
  server: string
  serverHint: string
  document: string
  signIn: string
  signInCurl: string
  sdk: string
  sdkHint: string
  conventions: string
  conventionsOf: string[]
  needsNothing: string
  scope: string
  inPath: string
  inQuery: string
  inHeader: string
  body: string
  answer: string
  noContent: string
  errors: string
  errorsHint: string
  error: string
  status: string
  objects: string
  field: string
  meaning: string
  required: string
  optional: string
  fallback: string
  characters: string
  entries: string
  atLeast: string
  atMost: string
  above: string
  copy: string
  copied: string
  seeObject: string
}

const zh: Texts = {
  otherLanguage: { lang: 'en', name: 'English' },
  product: 'API 文档',
  skip: '跳到正文',
  apis: '接口分类',
  theme: '切换深浅色',
  calls: '接口列表',
  search: '搜索接口、路径或错误码',
  searchHint: '按 / 键搜索，回车打开第一项',
  found: '找到 {count} 个接口',
  noneFound: '没有匹配的接口',
  overview: '概览',
  version: '版本',
  licence: '许可证',
  server: '服务器地址',
  serverHint: '下面的示例用 $URL 表示服务器地址。',
  document: 'OpenAPI 文档（JSON）',
  signIn: '身份验证',
  signInCurl: '在示例中：',
  sdk: 'Node.js SDK',
  sdkHint: '每个接口都有对应的 SDK 方法。服务器上使用 Node 20.19 及以上版本。',
  conventions: '通用约定',
  conventionsOf: [
    '请求与响应均为 JSON。未知字段、类型不符或内容类型不符的请求会被拒绝（400 或 415），不会被忽略。',
    '金额是最小货币单位的整数（分），旁边有 `currency`；时间是 UTC 的 RFC 3339 文本。',
    '列表用 `limit`（1–100，默认 20）和 `cursor` 翻页；`nextCursor` 为 `null` 表示没有下一页。',
    '带 `Idempotency-Key` 的请求可以安全重试：同一键加同一请求体只执行一次，48 小时内返回同样的结果。',
    '错误是 `application/problem+json`（RFC 9457）：`code` 取自下方的错误码，`errors` 逐项指出字段，`detail` 随 '
      + '`Accept-Language` 使用中文或英文。',
  ],
  needsNothing: '无需凭证',
  scope: '所需权限',
  inPath: '路径参数',
  inQuery: '查询参数',
  inHeader: '请求头',
  body: '请求体',
  answer: '成功响应',
  noContent: '无内容',
  errors: '错误码',
  errorsHint: '状态码与错误码一一对应。请按 code 判断，不要解析 detail 的文字。',
  error: '错误码',
  status: '状态码',
  objects: '对象',
  field: '字段',
  meaning: '说明',
  required: '必填',
  optional: '可能没有',
  fallback: '默认 {value}',
  characters: '{range} 个字符',
  entries: '{range} 项',
  atLeast: '至少 {least}',
  atMost: '至多 {most}',
  above: '大于 {least}',
  copy: '复制',
  copied: '已复制',
  seeObject: '见对象',
}

const en: Texts = {
  otherLanguage: { lang: 'zh-CN', name: '中文' },
  product: 'API reference',
  skip: 'Skip to content',
  apis: 'APIs',
  theme: 'Switch between light and dark',
  calls: 'Calls',
  search: 'Search calls, paths, errors',
  searchHint: 'Press / to search, Enter to open the first',
  found: '{count} found',
  noneFound: 'No call matches',
  overview: 'Overview',
  version: 'Version',
  licence: 'Licence',
  server: 'Server',
  serverHint: 'The examples below call it $URL.',
  document: 'OpenAPI document (JSON)',
  signIn: 'Authentication',
  signInCurl: 'In the examples:',
  sdk: 'SDK for Node.js',
  sdkHint: 'Every call is a method of the SDK. For servers, Node 20.19 or newer.',
  conventions: 'Conventions',
  conventionsOf: [
    'Requests and answers are JSON. Unknown fields, wrong types and wrong content types are refused '
      + '(400 or 415), never ignored.',
    'Amounts are whole numbers of minor units (cents) beside a `currency`; instants are RFC 3339 in UTC.',
    'Lists are read by `limit` (1–100, 20 unless given) and `cursor`; nothing follows where '
      + '`nextCursor` is `null`.',
    'A request with an `Idempotency-Key` is safe to repeat: the same key with the same body is done '
      + 'once, and answered the same for 48 hours.',
    'Errors are `application/problem+json` (RFC 9457): `code` is one of the codes below, `errors` '
      + 'names each field, and `detail` is Chinese or English by `Accept-Language`.',
  ],
  needsNothing: 'No credential',
  scope: 'Scope',
  inPath: 'Path parameters',
  inQuery: 'Query parameters',
  inHeader: 'Headers',
  body: 'Body',
  answer: 'Answer',
  noContent: 'No content',
  errors: 'Error codes',
  errorsHint: 'Each code has one status. Decide by the code; the words of `detail` may change.',
  error: 'Code',
  status: 'Status',
  objects: 'Objects',
  field: 'Field',
  meaning: 'Description',
  required: 'required',
  optional: 'may be absent',
  fallback: 'default {value}',
  characters: '{range} characters',
  entries: '{range} entries',
  atLeast: 'at least {least}',
  atMost: 'at most {most}',
  above: 'above {least}',
  copy: 'Copy',
  copied: 'Copied',
  seeObject: 'See',
}

export const texts: Record<Language, Texts> = { 'zh-CN': zh, en }
