import pg from 'pg'

/** As many as one process of the server holds. */
const connections = 10

/**
 * What a limit is without an engine: a row a customer, counted up where there is room. It knows no ids, so a
 * repeated request counts twice.
 */
export interface ConditionalUpdate {
  /**
   * Takes some of a customer's quota, in a transaction of its own. Answers what is left; undefined where
   * there is not enough.
   */
  consume(customerId: string, meter: string, quantity: number): Promise<number | undefined>
  end(): Promise<void>
}

/** The table, with a quota that nobody reaches for each customer. */
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
