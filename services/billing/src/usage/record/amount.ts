import type { Meter } from '../../catalogue/meter.ts'

/** A number in the properties of an event, by the names that lead to it. */
export interface Amount {
  name: string
  value: string
}

/**
 * The first amount in the properties of an event, however deep it stands: any number of a CloudEvent's
 * data; of a plain event's properties, which are labels, one whose name says that it is an amount. What the
 * meter itself names as a label is one in both.
 */
export function amountIn(
  properties: Record<string, unknown>,
  meter: Meter,
  isPlain: boolean,
): Amount | undefined {
  for (const name of Object.keys(properties)) {
    if (isLabelOf(meter, name)) continue
    const found = amountAt(
      properties[name],
      { name, parent: '', isOfAmounts: false },
      isPlain ? meter : undefined,
    )
    if (found)
      return {
        name: [name, ...found.path].join('.').slice(0, maxShownCharacters),
        value: String(found.value).slice(0, maxShownCharacters),
      }
  }
  return undefined
}

/**
 * What a value is called: its name, that of what holds it, and whether a name further up says that it is of
 * amounts. The members of a list are called as the list is. What that name says is decided once.
 */
interface Place {
  name: string
  parent: string
  isOfAmounts: boolean
  isAmount?: boolean
  saysAmount?: boolean
}

/**
 * The first amount in a value, with the names and numbers that lead to it. Without a meter any number is one.
 * Values are nested 64 deep at most.
 */
function amountAt(
  value: unknown,
  place: Place,
  meter: Meter | undefined,
): { path: string[]; value: unknown } | undefined {
  if (typeof value !== 'object' || value === null) {
    if (!readsAsAmount(value)) return undefined
    place.isAmount ??= meter === undefined || namesAmount(place, meterWordsOf(meter))
    return place.isAmount ? { path: [], value } : undefined
  }
  const isList = Array.isArray(value)
  if (meter !== undefined)
    place.saysAmount ??=
      place.isOfAmounts || wordsOf(place.name).some((word) => saysAmount(word, meterWordsOf(meter)))
  const isOfAmounts = place.saysAmount === true
  // A list in a list is called as that is.
  const ofMembers =
    isOfAmounts === place.isOfAmounts ? place : { name: place.name, parent: place.parent, isOfAmounts }
  for (const key of Object.keys(value)) {
    const member = isList ? ofMembers : { name: key, parent: place.name, isOfAmounts }
    const found = amountAt((value as Record<string, unknown>)[key], member, meter)
    if (found) return { ...found, path: [key, ...found.path] }
  }
  return undefined
}

const isLabelOf = ({ groupBy, uniqueBy, filters, valueProperty }: Meter, name: string): boolean =>
  name !== valueProperty
  && (groupBy?.includes(name) === true || uniqueBy === name || Object.hasOwn(filters ?? {}, name))

/** As people and programs write amounts. */
const amountAsText = /^[+-]?(\d[\d,_ ]*)?(\.\d+)?([eE][+-]?\d+)?$/

const readsAsAmount = (value: unknown): boolean =>
  typeof value === 'number'
  || (typeof value === 'string' && /\d/.test(value) && amountAsText.test(value.trim()))

/** What a refusal says of a name or value that was sent. */
const maxShownCharacters = 100

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** Whatever else a name says, these say that it is of an amount, ... */
const amounts = setOf(
  'quantity quantities qty amount amounts value values count counts cnt units total totals sum volume '
    + 'usage used consumed consumption spent',
)
const chineseAmounts = '数量 用量 总量 总数 次数 个数 数目 计数 消耗量'.split(' ')
/** ... and these where it begins with them: `num_calls`, but not `order_number`. */
const numbers = setOf('n num number')
/** What ends so is about an amount, or about what is counted: `answer_id`, `usage_limit`. */
const aboutIt = setOf(
  'id ids uid uuid ref key name hash code status state type kind class version index idx position level rank '
    + 'priority page line no limit max min rate ratio percent percentage score price cost currency date '
    + 'time timestamp at '
    + 'year month day',
)
/** Behind what is counted they say which of it: `token_input`. */
const which = setOf('in out input output prompt completion cached sent received made')

/**
 * What a meter measures, by the words it has for it, and what else is an amount of it then. For any other
 * meter these are labels: a call has a duration, and a file a size, and each is one.
 */
const measures = [
  {
    of: setOf('s sec second min minute h hr hour time duration 秒 分 分钟 小时 时长'),
    names: setOf(
      'sec secs second seconds min mins minute minutes hr hrs hour hours '
        + 'duration length elapsed 时长 秒数 分钟数 小时数',
    ),
  },
  {
    of: setOf(
      'b byte kb kib mb mib gb gib tb tib kilobyte megabyte gigabyte terabyte '
        + 'storage traffic bandwidth 字节 存储 流量',
    ),
    names: setOf(
      'byte bytes kb kib mb mib gb gib tb tib kilobytes megabytes gigabytes terabytes '
        + 'size length 大小 字节数 流量 存储量',
    ),
  },
  {
    of: setOf('token word character char letter 字 字符 词'),
    names: setOf('size length chars characters words input output prompt completion 字数 字符数 词数'),
  },
]
/** Behind these a measure is of something else: `page_size`, `latency_seconds`. */
const ofElse = setOf('page font batch window screen chunk context max min latency timeout ttl delay wait')

/**
 * The words of a meter for what it counts: for one of it and for many, in Chinese, and for amounts of what
 * it measures.
 */
interface MeterWords {
  exact: ReadonlySet<string>
  one: ReadonlySet<string>
  many: ReadonlySet<string>
  chinese: readonly string[]
  measured: ReadonlySet<string>
  /**
   * What a word that is run together with others ends with, or begins with, if it is about many or one of
   * what is counted.
   */
  endings: readonly string[]
  beginnings: readonly string[]
}

const found = new WeakMap<Meter, MeterWords>()

/** They are looked for once for each meter that is known: recording asks for them. */
function meterWordsOf(meter: Meter): MeterWords {
  const words = found.get(meter) ?? findMeterWords(meter)
  found.set(meter, words)
  return words
}

function findMeterWords({ key, valueProperty, name, unit }: Meter): MeterWords {
  const units = [unit.en, unit.one ?? '', unit['zh-CN']].flatMap(nounsOf).flatMap(singularsOf)
  const names = [key, name.en]
    .flatMap(nounsOf)
    .filter((word) => word.length > 1)
    .flatMap(singularsOf)
  const all = [...new Set([...units, ...names])]
  // A meter named "Talk time" says nothing of a property `time`.
  const one = new Set([...units, ...names.filter((word) => !aboutIt.has(word))])
  const many = new Set(all.flatMap(pluralOf))
  return {
    exact: new Set([key, valueProperty ?? key].map((exact) => exact.toLowerCase())),
    one,
    many,
    endings: [...many].filter((noun) => noun.length > 4),
    beginnings: [...one, ...many].filter((noun) => noun.length > 3),
    chinese: [unit['zh-CN'], name['zh-CN']].flatMap(wordsOf).filter(isChinese),
    measured: new Set(
      measures.flatMap(({ of, names: also }) => (all.some((word) => of.has(word)) ? [...also] : [])),
    ),
  }
}

/**
 * What a text is about: "AI tokens" about tokens, "Messages per agent" about messages, "Number of pages"
 * about pages.
 */
function nounsOf(text: string): string[] {
  const words = wordsOf(text).filter((word) => !numbers.has(word) && !amounts.has(word))
  const from = words.findIndex((word) => !links.has(word))
  const to = words.findIndex((word, index) => index > from && links.has(word))
  const about = from < 0 ? [] : words.slice(from, to < 0 ? undefined : to)
  return about.filter((word, index) => index === about.length - 1 || isPlural(word))
}

const links = setOf('of per for by in with and the a an from to on')

/**
 * The words of a name, however they are set apart: `input_tokens`, `inputTokens`, `input-tokens`,
 * `INPUT.TOKENS`, `token数`.
 */
function wordsOf(name: string): string[] {
  const words = name.match(/\p{Script=Han}+|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+/gu) ?? []
  return words.map((word) => word.toLowerCase())
}

const isChinese = (word: string): boolean => /^\p{Script=Han}/u.test(word)

const isPlural = (word: string): boolean => word.length > 3 && /[^su]s$/.test(word)

function singularsOf(word: string): string[] {
  if (!isPlural(word)) return [word]
  if (word.endsWith('ies')) return [`${word.slice(0, -3)}y`]
  return /(ch|sh|x|s|z)es$/.test(word) ? [word.slice(0, -2), word.slice(0, -1)] : [word.slice(0, -1)]
}

function pluralOf(word: string): string[] {
  if (!/^[a-z]{3,}$/.test(word)) return []
  if (/[^aeiou]y$/.test(word)) return [`${word.slice(0, -1)}ies`]
  return [/(ch|sh|x|s|z)$/.test(word) ? `${word}es` : `${word}s`]
}

function namesAmount({ name, parent, isOfAmounts }: Place, of: MeterWords): boolean {
  if (of.exact.has(name.toLowerCase())) return true
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  if (aboutIt.has(last) && !of.one.has(last) && !of.measured.has(last)) return false
  return (
    isOfAmounts
    || numbers.has(words[0] ?? '')
    || words.some((word) => saysAmount(word, of))
    || isOne([...wordsOf(parent), ...words], of)
    || isMeasured(words, of)
  )
}

/**
 * A word for amounts, or for many of what is counted: `call_id` is no amount, `calls_today` is. Also where
 * words are run together: `inputtokens`.
 */
function saysAmount(word: string, { many, chinese, endings, beginnings }: MeterWords): boolean {
  if (amounts.has(word) || many.has(word)) return true
  if (isChinese(word)) {
    return (
      chineseAmounts.some((amount) => word.endsWith(amount))
      || chinese.some((noun) => word === noun || (word.includes(noun) && /[数量]$/.test(word)))
    )
  }
  return (
    endings.some((noun) => word.endsWith(noun))
    || beginnings.some((noun) => word.startsWith(noun) && amounts.has(word.slice(noun.length)))
  )
}

/**
 * One of what is counted, where a name, or all that leads to it, ends so: `prompt_token`, `token_input`,
 * `token.input`, `token数`, but not `token_type`.
 */
function isOne(words: readonly string[], { one }: MeterWords): boolean {
  return one.has(words.findLast((word) => !which.has(word) && word !== '数') ?? '')
}

/** What is measured itself, where a name ends so: `size`, `file_size`, `duration_ms`. */
function isMeasured(words: readonly string[], { measured }: MeterWords): boolean {
  const last = words.findLastIndex((word) => !/^(ms|s|us|ns)$/.test(word))
  return last >= 0 && measured.has(words[last]!) && !ofElse.has(words[last - 1] ?? '')
}
