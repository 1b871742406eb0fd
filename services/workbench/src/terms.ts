const segmenter = new Intl.Segmenter('zh-CN', { granularity: 'word' })

/** Phrases common to all questions, which distinguish none of them. */
const phrases = [
  '什么时候',
  '为什么',
  '怎么样',
  '怎么办',
  '有没有',
  '是不是',
  '能不能',
  '可不可以',
  '要不要',
  '会不会',
  '请问一下',
  '请问下',
  '不好意思',
  '早上好',
  '下午好',
  '晚上好',
  '请问',
  '想问',
  '您好',
  '你好',
  '怎么',
  '怎样',
  '如何',
  '什么',
  '哪里',
  '哪儿',
  '哪个',
  '多少',
  '几个',
  '可以',
  '能够',
  '一下',
  '一个',
  '你们',
  '我们',
  '咱们',
  '他们',
  '这个',
  '那个',
  '这里',
  '那里',
  '还是',
  '已经',
  '现在',
  '如果',
  '因为',
  '所以',
  '但是',
  '可是',
  '就是',
  '不是',
  '没有',
  '需要',
  '应该',
  '是否',
  '谢谢',
  '知道',
  '告诉',
  '帮我',
  '给我',
  '东西',
  '之后',
  '以后',
  '的话',
  '时候',
  '今天',
  '昨天',
  '前天',
  '明天',
  '上周',
  '上个月',
  '刚才',
  '麻烦',
  '一直',
  '事情',
  '问题',
  '觉得',
  '有点',
  '真的',
  '公司',
].sort((a, b) => b.length - a.length)
const phrase = new RegExp(phrases.join('|'), 'gu')
/** One-character words without a meaning of their own, where the dictionary treats them as words. */
const particles = new Set(
  '我你您他她它吗呢吧啊呀哦嗯么在是有要想能会就都也还把被给跟和与从对向请问啥咋这那哪嘛亲再又很太吧来去谁',
)
/** Particles inside a word: 退的货 and 退了货 are 退货, 开一张发票 is 开发票. */
const fillings = /[的了过]|[一两几]?[张件份单]?(?=发票)/gu

const englishFillers = new Set(
  (
    'a an the i me my we our you your it its is are was were be been am do does did can could will '
    + 'would shall should may might must how what when where why which who '
    + 'to of in on at for from by with about as and or not no if so than then there this that these '
    + 'those have has had get got please hi hello hey thanks thank want need like just any some'
  ).split(' '),
)

/**
 * The terms a text is indexed by: English words by their stem, Chinese by pairs of neighbouring characters
 * and by longer dictionary words. Pairs are needed because a dictionary alone reads 开发票 (to issue an
 * invoice) as 开发 (to develop) and 票. Words without meaning are dropped.
 */
export function termsOf(text: string): string[] {
  const terms = new Set<string>()
  for (const piece of chinesePieces(text)) for (const term of chineseTerms(piece)) terms.add(term)
  for (const word of englishWords(text)) terms.add(word)
  return [...terms]
}

/** The number of words of a text that these terms do not cover; two Chinese characters count as one word. */
export function wordsOutside(text: string, terms: ReadonlySet<string>): number {
  const chinese = chinesePieces(text).map((piece) => uncovered(piece, terms) / 2)
  const english = englishWords(text).filter((word) => !terms.has(word)).length
  return chinese.reduce((total, words) => total + words, english)
}

function chinesePieces(text: string): string[] {
  const runs = [...text.normalize('NFKC').matchAll(/\p{Script=Han}+/gu)].map(([run]) =>
    run.replace(phrase, ' ').replace(fillings, ''),
  )
  return runs
    .flatMap((run) =>
      [...segmenter.segment(run)]
        .map(({ segment }) => (particles.has(segment) ? ' ' : segment))
        .join('')
        .split(' '),
    )
    .filter((piece) => piece !== '')
}

function* chineseTerms(piece: string): Generator<string> {
  const characters = [...piece]
  if (characters.length === 1) yield piece
  for (let i = 0; i + 1 < characters.length; i += 1) yield `${characters[i]}${characters[i + 1]}`
  for (const { segment } of segmenter.segment(piece)) if ([...segment].length > 2) yield segment
}

function uncovered(piece: string, terms: ReadonlySet<string>): number {
  const characters = [...piece]
  return characters.filter(
    (character, i) =>
      !terms.has(`${character}${characters[i + 1]}`)
      && !terms.has(`${characters[i - 1]}${character}`)
      && !(characters.length === 1 && terms.has(character)),
  ).length
}

function englishWords(text: string): string[] {
  const words = [
    ...text
      .normalize('NFKC')
      .toLowerCase()
      .matchAll(/[\p{Script=Latin}\p{N}]+(?:['’][\p{Script=Latin}]+)?/gu),
  ].map(([word]) => word)
  return words.filter((word) => !englishFillers.has(word)).map(stem)
}

/** Stems just enough for refund, refunds and refunded to match. */
function stem(word: string): string {
  const bare = word.replace(/['’]s?$/u, '')
  if (bare.length < 5)
    return bare.length > 3 && bare.endsWith('s') && !bare.endsWith('ss') ? bare.slice(0, -1) : bare
  if (bare.endsWith('ies')) return `${bare.slice(0, -3)}y`
  if (bare.endsWith('ing')) return dropDoubled(bare.slice(0, -3))
  if (bare.endsWith('ed')) return dropDoubled(bare.slice(0, -2))
  if (/(?:s|x|z|ch|sh)es$/u.test(bare)) return bare.slice(0, -2)
  return bare.endsWith('s') && !bare.endsWith('ss') ? bare.slice(0, -1) : bare
}

/** shipp(ing) becomes ship, cancell(ing) becomes cancel. */
function dropDoubled(word: string): string {
  return /([bdglmnprt])\1$/u.test(word) ? word.slice(0, -1) : word
}
