import MiniSearch, { type SearchResult } from 'minisearch'
import { type FaqEntry } from './faq.ts'
import { termsOf, wordsOutside } from './terms.ts'

/**
 * A suggested answer. `score` is the share of the question's meaning that the entry covers, above 0 and at
 * most 1.
 */
export interface Suggestion {
  entry: FaqEntry
  score: number
}

export interface Assistant {
  /**
   * The best match, or undefined when no entry of the FAQ fits: a wrong answer costs more than none. Only the
   * first 1,000 characters and a limited number of words are searched for, so that no text can block the
   * process.
   */
  suggest(question: string): Suggestion | undefined
}

/** One phrasing of an entry's question, or its answer. */
interface Wording {
  id: string
  entry: number
  asked: string
  answered: string
}

/** Below this share the question is about something else. */
const minScore = 0.5
/** The weight of a word that occurs only in the answer and in no phrasing of the question. */
const answerWeight = 0.4
/** The weight of a word that the FAQ does not know, relative to the rarest it knows. */
const unknownWeight = 0.5
const candidates = 40
const clauseLimit = 12
/** Maximum number of characters of a question that are read. */
const maxCharacters = 1_000
/**
 * Maximum number of terms per search, and of words searched for in other spellings as well: each of those
 * costs a hundred times as much.
 */
const maxTermsPerSearch = 60
const maxSpellings = 12

/** Creates an assistant that answers from these entries by full-text search, without a network. */
export function createAssistant(faq: readonly FaqEntry[]): Assistant {
  const index = new MiniSearch<Wording>({
    fields: ['asked', 'answered'],
    storeFields: ['entry'],
    tokenize: termsOf,
    processTerm: (term) => term,
  })
  const wordings = faq.flatMap((entry, position) => [
    ...[entry.title, ...entry.questions].map((asked, i) => ({
      id: `${position}.${i}`,
      entry: position,
      asked,
      answered: '',
    })),
    {
      id: `${position}.answer`,
      entry: position,
      asked: `${entry.category} ${entry.title}`,
      answered: entry.answer,
    },
  ])
  index.addAll(wordings)
  const rarity = rarityIn(wordings)

  function best(question: string, spellings: { left: number }): Suggestion | undefined {
    const fuzzy = (term: string) => {
      if (!isLongWord(term) || spellings.left === 0) return false
      spellings.left -= 1
      return 0.2
    }
    const found = index.search(question, {
      boost: { asked: 3 },
      prefix: isLongWord,
      fuzzy,
      tokenize: (text) => termsOf(text).slice(0, maxTermsPerSearch),
    })
    const known = new Set(found.flatMap((hit) => hit.queryTerms))
    const meaning = sum([...known].map(rarity)) + wordsOutside(question, known) * unknownWeight * rarity('')
    const ranked = found.slice(0, candidates).map((hit) => ({ hit, score: covered(hit, rarity) / meaning }))
    ranked.sort((a, b) => b.score * Math.log1p(b.hit.score) - a.score * Math.log1p(a.hit.score))
    const [first] = ranked
    const entry = first && faq[first.hit.entry as number]
    return entry && first.score >= minScore
      ? { entry, score: Math.round(first.score * 100) / 100 }
      : undefined
  }

  return {
    suggest(asked) {
      const question = asked.slice(0, maxCharacters)
      const spellings = { left: maxSpellings }
      const whole = best(question, spellings)
      if (whole) return whole
      // People wrap their question in a story, so each clause is also searched on its own.
      const clauses = question
        .split(/[，。！？；,.!?;\n]+/u)
        .filter((clause) => clause.trim() !== '')
        .slice(0, clauseLimit)
      const answers = clauses.flatMap((clause) => best(clause, spellings) ?? [])
      return answers.sort((a, b) => b.score - a.score)[0]
    },
  }
}

/** The weight of a term: the rarer in the FAQ, the higher; highest for one that does not occur. */
function rarityIn(wordings: readonly Wording[]): (term: string) => number {
  const entriesWith = new Map<string, Set<number>>()
  for (const { entry, asked, answered } of wordings) {
    for (const term of [...termsOf(asked), ...termsOf(answered)])
      entriesWith.set(term, (entriesWith.get(term) ?? new Set()).add(entry))
  }
  const total = new Set(wordings.map(({ entry }) => entry)).size
  return (term) => Math.log(1 + total / (0.5 + (entriesWith.get(term)?.size ?? 0)))
}

function covered(hit: SearchResult, rarity: (term: string) => number): number {
  return sum(hit.queryTerms.map((term) => rarity(term) * (inQuestion(hit, term) ? 1 : answerWeight)))
}

/** Whether the term matched, exactly or nearly, in a phrasing of a question. */
function inQuestion({ match }: SearchResult, term: string): boolean {
  return Object.entries(match).some(
    ([found, fields]) =>
      fields.includes('asked')
      && (found === term || (isLongWord(term) && found.slice(0, 3) === term.slice(0, 3))),
  )
}

function isLongWord(term: string): boolean {
  return term.length > 4 && /^\p{Script=Latin}+$/u.test(term)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
