import type { Meter } from '../meter.ts'

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
  properties: Record<string, unknown>, meter: Meter, isPlain: boolean,
): Amount | undefined {
  let words: MeterWords | undefined
  const waiting = placesIn(properties).filter(({ name }) => !isLabelOf(meter, name))
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path, name } = next
    if (typeof value === 'object' && value !== null) {
      const isOfAmounts = next.isOfAmounts
        || (isPlain && wordsOf(name).some((word) => saysAmount(word, words ??= meterWordsOf(meter))))
      for (const place of placesIn(value, { ...next, isOfAmounts })) waiting.push(place)
    } else if (readsAsAmount(value) && (!isPlain || namesAmount(next, words ??= meterWordsOf(meter)))) {
      return { name: path.slice(0, mostShown), value: String(value).slice(0, mostShown) }
    }
  }
  return undefined
}

/**
 * Where a value stands: in `parent`, and perhaps among what a name further up says to be amounts. The
 * members of a list have its name.
 */
interface Place {
  path: string
  name: string
  parent: string
  isOfAmounts: boolean
  value: unknown
}

/** Last first, as they are taken from the end. */
function placesIn(value: object, of?: Place): Place[] {
  const entries = Object.entries(value).reverse() as [string, unknown][]
  if (!of) return entries.map(([name, one]) => ({ path: name, name, parent: '', isOfAmounts: false, value: one }))
  const { path, isOfAmounts } = of
  const isList = Array.isArray(value)
  return entries.map(([key, one]) => ({
    path: `${path}.${key}`, name: isList ? of.name : key, parent: isList ? of.parent : of.name, isOfAmounts,
    value: one,
  }))
}

const isLabelOf = ({ groupBy, uniqueBy, filters, valueProperty }: Meter, name: string): boolean =>
  name !== valueProperty
  && (groupBy?.includes(name) === true || uniqueBy === name || Object.hasOwn(filters ?? {}, name))

/** As people and programs write amounts. */
const amountAsText = /^[+-]?(\d[\d,_ ]*)?(\.\d+)?([eE][+-]?\d+)?$/

const readsAsAmount = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /\d/.test(value) && amountAsText.test(value.trim()))

/** What a refusal says of a name or value that was sent. */
const mostShown = 100

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
    + 'priority page line no limit max min rate ratio percent percentage score price cost currency date time timestamp at '
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
    names: setOf('sec secs second seconds min mins minute minutes hr hrs hour hours '
      + 'duration length elapsed 时长 秒数 分钟数 小时数'),
  },
  {
    of: setOf('b byte kb kib mb mib gb gib tb tib kilobyte megabyte gigabyte terabyte '
      + 'storage traffic bandwidth 字节 存储 流量'),
    names: setOf('byte bytes kb kib mb mib gb gib tb tib kilobytes megabytes gigabytes terabytes '
      + 'size length 大小 字节数 流量 存储量'),
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
  const names = [key, name.en].flatMap(nounsOf).filter((word) => word.length > 1).flatMap(singularsOf)
  const all = [...new Set([...units, ...names])]
  return {
    exact: new Set([key, valueProperty ?? key].map((exact) => exact.toLowerCase())),
    // A meter named "Talk time" says nothing of a property `time`.
    one: new Set([...units, ...names.filter((word) => !aboutIt.has(word))]),
    many: new Set(all.flatMap(pluralOf)),
    chinese: [unit['zh-CN'], name['zh-CN']].flatMap(wordsOf).filter(isChinese),
    measured: new Set(measures.flatMap(({ of, names: also }) => (all.some((word) => of.has(word)) ? [...also] : []))),
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
  return isOfAmounts || numbers.has(words[0] ?? '') || words.some((word) => saysAmount(word, of))
    || isOne([...wordsOf(parent), ...words], of) || isMeasured(words, of)
}

/**
 * A word for amounts, or for many of what is counted: `call_id` is no amount, `calls_today` is. Also where
 * words are run together: `inputtokens`.
 */
function saysAmount(word: string, { one, many, chinese }: MeterWords): boolean {
  if (amounts.has(word) || many.has(word)) return true
  if (isChinese(word)) {
    return chineseAmounts.some((amount) => word.endsWith(amount))
      || chinese.some((noun) => word === noun || (word.includes(noun) && /[数量]$/.test(word)))
  }
  return [...many].some((noun) => noun.length > 4 && word.endsWith(noun))
    || [...one, ...many].some((noun) => noun.length > 3 && word.startsWith(noun)
      && amounts.has(word.slice(noun.length)))
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
