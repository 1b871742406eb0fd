import type { Meter } from '../../catalogue/meter.ts'

/** A number in the properties of an event, with its path. */
export interface Amount {
  name: string
  value: string
}

/**
 * Returns the first amount in an event's properties, at any depth: any number of a CloudEvent's data; in a
 * plain event's properties, which are labels, a number whose name marks it as an amount. Properties the meter
 * names as labels are labels in both.
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
 * The name of a value: its own, its parent's, and whether a name further up marks amounts. Members of a list
 * share the list's name, so its meaning is decided once.
 */
interface Place {
  name: string
  parent: string
  isOfAmounts: boolean
  isAmount?: boolean
  saysAmount?: boolean
}

/**
 * Returns the first amount in a value, with its path and number. Without a meter any number is one. Values
 * are nested at most 64 deep.
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
  // A list in a list has the outer list's name.
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

/** Amounts as people and programs write them. */
const amountAsText = /^[+-]?(\d[\d,_ ]*)?(\.\d+)?([eE][+-]?\d+)?$/

const readsAsAmount = (value: unknown): boolean =>
  typeof value === 'number'
  || (typeof value === 'string' && /\d/.test(value) && amountAsText.test(value.trim()))

/** Maximum length of a name or value that an error message quotes. */
const maxShownCharacters = 100

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** These words always mark an amount, ... */
const amounts = setOf(
  'quantity quantities qty amount amounts value values count counts cnt units total totals sum volume '
    + 'usage used consumed consumption spent',
)
const chineseAmounts = '数量 用量 总量 总数 次数 个数 数目 计数 消耗量'.split(' ')
/** ... and these at the start of a name: `num_calls`, but not `order_number`. */
const numbers = setOf('n num number')
/** A name that ends so is about an amount or the counted thing: `answer_id`, `usage_limit`. */
const aboutIt = setOf(
  'id ids uid uuid ref key name hash code status state type kind class version index idx position level rank '
    + 'priority page line no limit max min rate ratio percent percentage score price cost currency date '
    + 'time timestamp at '
    + 'year month day',
)
/** After the counted thing these say which part of it: `token_input`. */
const which = setOf('in out input output prompt completion cached sent received made')

/**
 * What a meter can measure, by its words, and the other amounts of the same kind. For other meters these are
 * labels: a call has a duration, a file a size.
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
/** After these words a measure belongs to something else: `page_size`, `latency_seconds`. */
const ofElse = setOf('page font batch window screen chunk context max min latency timeout ttl delay wait')

/** A meter's words for what it counts: singular, plural, Chinese, and amounts of what it measures. */
interface MeterWords {
  exact: ReadonlySet<string>
  singulars: ReadonlySet<string>
  plurals: ReadonlySet<string>
  chinese: readonly string[]
  measured: ReadonlySet<string>
  /** What a compound word ends or starts with if it is about what is counted. */
  endings: readonly string[]
  beginnings: readonly string[]
}

const found = new WeakMap<Meter, MeterWords>()

/** Computed once per meter: recording needs them for each event. */
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
  // A meter named "Talk time" does not make a property `time` an amount.
  const singulars = new Set([...units, ...names.filter((word) => !aboutIt.has(word))])
  const plurals = new Set(all.flatMap(pluralOf))
  return {
    exact: new Set([key, valueProperty ?? key].map((word) => word.toLowerCase())),
    singulars,
    plurals,
    endings: [...plurals].filter((noun) => noun.length > 4),
    beginnings: [...singulars, ...plurals].filter((noun) => noun.length > 3),
    chinese: [unit['zh-CN'], name['zh-CN']].flatMap(wordsOf).filter(isChinese),
    measured: new Set(
      measures.flatMap(({ of, names: also }) => (all.some((word) => of.has(word)) ? [...also] : [])),
    ),
  }
}

/**
 * Returns the nouns of a text: tokens for "AI tokens", messages for "Messages per agent", pages for "Number
 * of pages".
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
 * Splits a name into words, however it is written: `input_tokens`, `inputTokens`, `input-tokens`,
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
  if (aboutIt.has(last) && !of.singulars.has(last) && !of.measured.has(last)) return false
  return (
    isOfAmounts
    || numbers.has(words[0] ?? '')
    || words.some((word) => saysAmount(word, of))
    || isOne([...wordsOf(parent), ...words], of)
    || isMeasured(words, of)
  )
}

/**
 * Returns whether a word marks an amount or a plural of what is counted: `calls_today`, not `call_id`; also
 * in compounds such as `inputtokens`.
 */
function saysAmount(word: string, { plurals, chinese, endings, beginnings }: MeterWords): boolean {
  if (amounts.has(word) || plurals.has(word)) return true
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
 * Returns whether a name or path ends in the singular of what is counted: `prompt_token`, `token_input`,
 * `token.input`, `token数`, but not `token_type`.
 */
function isOne(words: readonly string[], { singulars }: MeterWords): boolean {
  return singulars.has(words.findLast((word) => !which.has(word) && word !== '数') ?? '')
}

/** Returns whether a name ends in what is measured: `size`, `file_size`, `duration_ms`. */
function isMeasured(words: readonly string[], { measured }: MeterWords): boolean {
  const last = words.findLastIndex((word) => !/^(ms|s|us|ns)$/.test(word))
  return last >= 0 && measured.has(words[last]!) && !ofElse.has(words[last - 1] ?? '')
}
