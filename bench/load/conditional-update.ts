import pg from 'pg'

/** The number a server process uses. */
const connections = 10

/**
 * A limit without an engine: a row per customer, updated if there is room. It knows no ids, so a repeated
 * request counts twice.
 */
export interface ConditionalUpdate {
  /**
   * Consumes from a customer's quota in its own transaction. Returns what is left; undefined when it is not
   * enough.
   */
  consume(customerId: string, meter: string, quantity: number): Promise<number | undefined>
  end(): Promise<void>
}

/** The table, with a quota for each customer that nobody reaches. */
export const quotaTable = `create table plain_quotas (
    customer_id text not null, meter text not null, used bigint not null, quota bigint not null,
    primary key (customer_id, meter)
  );
  insert into plain_quotas
  select customer_id, 'ai_chat', 0, 1000000000
  from customers`

export function openConditionalUpdate(url: string): ConditionalUpdate {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  return {
    async consume(customerId, meter, quantity) {
      const { rows } = await pool.query<{ remaining: string }>({
        name: 'consume',
        values: [customerId, meter, quantity],
        text: `update plain_quotas
          set used = used + $3
          where customer_id = $1 and meter = $2 and used + $3 <= quota
          returning quota - used as remaining`,
      })
      return rows[0] && Number(rows[0].remaining)
    },
    end: () => pool.end(),
  }
}
