import type { Engine } from '../../engine.ts'
import { addDays } from '../../values/date.ts'

/** A short summary of what a customer's current usage and subscription depend on. */
export interface UsageRevision {
  /** Changes where the usage or subscription may look different. */
  mark: string
  /** Those of the given sessions that are open. */
  openSessions: string[]
}

/** A usage period is at most a month of local dates, which are up to a day away from those of UTC. */
const lookBackDays = 33

/**
 * Returns in one statement whether an open page may need new data: the number of recent events, the inputs of
 * allowances, and the quarter of an hour, because a day starts on one in every zone. Also returns which of
 * `sessionIds` have not ended.
 */
export async function readUsageRevision(
  engine: Engine,
  input: { customerId: string; sessionIds: readonly string[] },
): Promise<UsageRevision> {
  return engine.transaction(
    async (tx) => {
      const [row] = await tx.query<{
        version: number
        events: number
        voided: string | null
        open: string[]
      }>(
        `select c.history_version as version,
            (
              select coalesce(sum(d.events), 0)::bigint
              from usage_daily d
              where d.customer_id = $1 and d.local_date >= $2
            ) as events,
            (select max(x.voided_at) from voided_events x where x.customer_id = $1) as voided,
            array(
              select s.id
              from portal_sessions s
              where s.customer_id = $1 and s.id = any($3) and s.ended_at is null
            ) as open
          from customers c
          where c.customer_id = $1`,
        [input.customerId, addDays(tx.at.slice(0, 10), -lookBackDays), input.sessionIds],
      )
      const quarter = Math.floor(Number(tx.at.slice(14, 16)) / 15)
      return {
        mark: `${row?.version} ${row?.events} ${row?.voided ?? ''} ${tx.at.slice(0, 13)}/${quarter}`,
        openSessions: row?.open ?? [],
      }
    },
    { readOnly: true },
  )
}
