import { readFile } from 'node:fs/promises'

/** An entry of the vendor's FAQ: a title, phrasings of the question, and the answer. */
export interface FaqEntry {
  id: string
  category: string
  title: string
  questions: string[]
  answer: string
}

const limits = {
  entries: 5_000,
  id: 64,
  category: 40,
  title: 120,
  questions: 50,
  question: 200,
  answer: 4_000,
}

/**
 * Reads the FAQ from a JSON file, an array of entries. Throws one sentence that names the file and the place
 * of the first mistake.
 */
export async function readFaq(path: string): Promise<FaqEntry[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`The FAQ file ${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return parseFaq(text)
  } catch (error) {
    throw new Error(`The FAQ file ${path} is not right: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Validates the text of an FAQ file and returns its entries. Throws with the JSON pointer of the first
 * mistake.
 */
export function parseFaq(text: string): FaqEntry[] {
  const entries: unknown = JSON.parse(text)
  if (!Array.isArray(entries) || entries.length === 0)
    throw new Error('it must be an array with one entry at least')
  if (entries.length > limits.entries)
    throw new Error(`it has ${entries.length} entries, and ${limits.entries} is the limit`)
  const faq = entries.map((entry, index) => entryAt(entry, `/${index}`))
  const seen = new Map<string, number>()
  faq.forEach(({ id }, index) => {
    if (seen.has(id)) throw new Error(`/${index}/id repeats "${id}" of entry ${seen.get(id)}`)
    seen.set(id, index)
  })
  return faq
}

function entryAt(value: unknown, pointer: string): FaqEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${pointer} must be an object`)
  const entry = value as Record<string, unknown>
  for (const key of Object.keys(entry)) {
    if (!['id', 'category', 'title', 'questions', 'answer'].includes(key))
      throw new Error(`${pointer}/${key} is not a field of an entry (id, category, title, questions, answer)`)
  }
  const questions = entry.questions
  if (!Array.isArray(questions) || questions.length === 0 || questions.length > limits.questions) {
    throw new Error(`${pointer}/questions must be an array of 1 to ${limits.questions} texts`)
  }
  return {
    id: textAt(entry.id, `${pointer}/id`, limits.id),
    category: textAt(entry.category, `${pointer}/category`, limits.category),
    title: textAt(entry.title, `${pointer}/title`, limits.title),
    questions: questions.map((question, index) =>
      textAt(question, `${pointer}/questions/${index}`, limits.question),
    ),
    answer: textAt(entry.answer, `${pointer}/answer`, limits.answer),
  }
}

function textAt(value: unknown, pointer: string, limit: number): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Error(`${pointer} must be a text that is not empty`)
  if (value.length > limit)
    throw new Error(`${pointer} has ${value.length} characters, and ${limit} is the limit`)
  return value
}
