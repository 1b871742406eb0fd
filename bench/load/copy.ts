import pg from 'pg'
import type { Connection, Submittable } from 'pg'
import { eventsOf, type Mix } from './events.ts'

const rowsAChunk = 1000

/**
 * The upper bound: the rows of that many events by COPY into a table with the columns of usage_events and no
 * index, on one connection.
 */
export async function copyRows({
  url,
  events,
  ...mix
}: { url: string; events: number } & Mix): Promise<{ seconds: number }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('create table plain (like usage_events)')
    const chunks = chunksOf(events, mix)
    const began = performance.now()
    await copy(
      client,
      'copy plain (time, stored_at, quantity, local_date, customer_id, id, meter, properties) from stdin',
      chunks,
    )
    return { seconds: (performance.now() - began) / 1000 }
  } finally {
    await client.end()
  }
}

function chunksOf(count: number, mix: Mix): Buffer[] {
  const storedAt = new Date().toISOString()
  const rows = eventsOf(count, mix).map((event) =>
    [
      event.time,
      storedAt,
      event.quantity,
      event.time.slice(0, 10),
      event.customerId,
      event.id,
      event.meter,
      JSON.stringify(event.properties ?? {}),
    ].join('\t'),
  )
  return Array.from({ length: Math.ceil(rows.length / rowsAChunk) }, (_, place) =>
    Buffer.from(`${rows.slice(place * rowsAChunk, (place + 1) * rowsAChunk).join('\n')}\n`),
  )
}

interface CopyingConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** node-postgres supports COPY in the protocol, but leaves sending the data to the caller. */
function copy(client: pg.Client, sql: string, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const statement = {
      submit: (connection: Connection) => connection.query(sql),
      handleCopyInResponse(connection: CopyingConnection) {
        for (const chunk of chunks) connection.sendCopyFromChunk(chunk)
        connection.endCopyFrom()
      },
      handleError: reject,
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(),
    }
    client.query(statement as unknown as Submittable)
  })
}
