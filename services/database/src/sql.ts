/** One value of a statement. A value used twice has one number. */
interface Slot {
  readonly value: unknown
}

/**
 * A statement or a part of one, made by the tag `sql`: its text and, separately, its values. Only the tag
 * makes one, so a string from outside never becomes text.
 */
export class Sql {
  readonly #strings: readonly string[]
  readonly #slots: readonly Slot[]
  #text: string | undefined

  private constructor(strings: readonly string[], slots: readonly Slot[], text?: string) {
    this.#strings = strings
    this.#slots = slots
    this.#text = text
  }

  /** The text with `$1`, `$2`, … in place of the values. It depends on the shape alone, never on a value. */
  get text(): string {
    return (this.#text ??= textOf(this.#strings, this.#slots))
  }

  /** The values in the order of their numbers. */
  get values(): unknown[] {
    return [...new Set(this.#slots)].map(({ value }) => value)
  }

  /**
   * The text of a part without values, for statements still assembled as text. Throws for a part with values.
   */
  toString(): string {
    if (this.#slots.length > 0)
      throw new TypeError('a part of a statement that has values can stand only in another sql`…`')
    return this.text
  }

  /** Splices parts into `strings` and turns every other value into a parameter. */
  static of(strings: readonly string[], values: readonly unknown[]): Sql {
    const [first = '', ...others] = strings
    const texts = [first]
    const slots: Slot[] = []
    const append = (text: string) => texts.push(`${texts.pop()!}${text}`)
    for (const [index, value] of values.entries()) {
      if (value instanceof Sql) {
        append(value.#strings[0]!)
        texts.push(...value.#strings.slice(1))
        slots.push(...value.#slots)
        append(others[index]!)
      } else {
        slots.push({ value })
        texts.push(others[index]!)
      }
    }
    return new Sql(texts, slots, values.some(isSql) ? undefined : fixedText(strings, slots))
  }
}

const isSql = (value: unknown): boolean => value instanceof Sql

/** A statement without parts always has the same text, which is therefore made once. */
const fixedTexts = new WeakMap<readonly string[], string>()

function fixedText(strings: readonly string[], slots: readonly Slot[]): string {
  const known = fixedTexts.get(strings)
  if (known !== undefined) return known
  const text = textOf(strings, slots)
  fixedTexts.set(strings, text)
  return text
}

function textOf(strings: readonly string[], slots: readonly Slot[]): string {
  const numbers = new Map<Slot, number>()
  return strings.reduce((text, next, index) => {
    const slot = slots[index - 1]!
    const number = numbers.get(slot) ?? numbers.size + 1
    numbers.set(slot, number)
    return `${text}$${number}${next}`
  })
}

/** A text known at compile time: a value of type `string` is rejected. */
type Literal<T extends string> = Record<never, never> extends Record<T, 1> ? never : T

function tag(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return Sql.of(strings, values)
}

const comma = tag`, `
const and = tag` and `
const always = tag`true`

/**
 * A statement or a part of one: `` sql`… where customer_id = ${id} and meter = any(${meters}) ${more}` ``. An
 * `Sql` inside is spliced in; everything else, arrays included, is a value. A part spliced in twice keeps one
 * number for each of its values.
 */
export const sql = Object.assign(tag, {
  /** No text and no values. */
  empty: tag``,

  /** Joins parts or values with commas or another separator. */
  join(list: readonly unknown[], separator: Sql = comma): Sql {
    if (list.length === 0) return sql.empty
    return Sql.of(
      ['', ...list.flatMap((_, index) => (index === 0 ? [''] : ['', '']))],
      list.flatMap((item, index) => (index === 0 ? [item] : [separator, item])),
    )
  },

  /** Joins the given conditions with `and`; `true` when there are none. */
  and(...conditions: readonly (Sql | false | undefined)[]): Sql {
    const given = conditions.filter((one) => one !== undefined && one !== false)
    return given.length === 0 ? always : sql.join(given, and)
  },

  /** The quoted name of a table, column or index. */
  identifier: (name: string): Sql => Sql.of([`"${name.replaceAll('"', '""')}"`], []),

  /** Text as it is, from a closed list: rejects a string whose values the type does not name. */
  raw: <const T extends string>(text: Literal<T>): Sql => Sql.of([text], []),
})
