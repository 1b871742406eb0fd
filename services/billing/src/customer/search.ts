import type { Parameters } from '../values/parameters.ts'

/** So many customers a search for a text finds at most; who it is about is found by typing more. */
const maxMatches = 1_000

/** What a search may be for: at least a character that is not blank, and no more than a name has. */
export const maxSearchCharacters = 200

/**
 * SQL: whether a column holds one of the customers a text finds: by the beginning of their id, an alias,
 * their whole e-mail address or any part of their company's name. At most 1,000 of them.
 */
export function isOfCustomerFound(column: string, text: string, { add }: Parameters): string {
  const [whole, part] = [add(text), add(`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)]
  return `${column} in (
    select f.customer_id from customers f where starts_with(f.customer_id, ${whole}) or f.email = ${whole} or f.company_name ilike ${part}
    union all select a.customer_id from customer_aliases a where a.alias = ${whole}
    limit ${maxMatches})`
}
