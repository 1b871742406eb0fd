import { sql, type Sql } from '@customer-portal/database'

/** Maximum number of customers that a search matches; a longer text narrows it down. */
const maxMatches = 1_000

/**
 * Maximum length of a search text, that of a name; a search needs at least one character that is not blank.
 */
export const maxSearchCharacters = 200

/**
 * SQL: whether a column holds a customer that a text matches: by the start of the id, an alias, the whole
 * e-mail address or any part of the company name. At most 1,000 customers.
 */
export function isOfCustomerFound(column: Sql, text: string): Sql {
  const whole = sql`${text}`
  return sql`${column} in (
    select f.customer_id
    from customers f
    where starts_with(f.customer_id, ${whole})
      or f.email = ${whole}
      or f.company_name ilike ${`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}
    union all
    select a.customer_id
    from customer_aliases a
    where a.alias = ${whole}
    limit ${maxMatches}
  )`
}
