import { createServer, connect, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DatabaseUnavailable,
  migrate,
  openDatabase,
  StatementTooLong,
  type Database,
  type Transaction,
} from './index.ts'
import { postgresDatabase } from './postgres.ts'
import { testDatabases } from './testing.ts'

const migrations = { notes: new URL('./test-migrations/', import.meta.url) }
const billing = { role: 'billing' } as const
const postgres = testDatabases.filter(({ name }) => name === 'PostgreSQL')

test('a server that is not there rejects with DatabaseUnavailable, and the message names the address', async () => {
  const opening = openDatabase({ databaseUrl: 'postgres://user:secret@127.0.0.1:1/shop' })
  await expect(opening).rejects.toThrow(DatabaseUnavailable)
  await expect(opening).rejects.toThrow('The database shop at 127.0.0.1:1 cannot be reached')
  await expect(opening).rejects.not.toThrow('secret')
})

test('a server that accepts and never responds rejects with DatabaseUnavailable after the timeout', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const database = postgresDatabase({
    databaseUrl: `postgres://user@127.0.0.1:${port}/shop`,
    connectTimeout: 200,
  })
  await expect(database.ping()).rejects.toThrow(DatabaseUnavailable)
  await database.close()
  silent.close()
})

describe.each(postgres)('on $name', ({ create }) => {
  let database: Database
  let line: Line
  beforeAll(async () => {
    database = await create(migrations)
    const [name] = await database.asOwner((tx) =>
      tx.query<{ name: string }>('select current_database() as name'),
    )
    line = await lineTo(new URL(process.env['TEST_DATABASE_URL']!), name!.name)
  })
  afterAll(async () => {
    line.end()
    await database.close()
  })

  const put = (id: string) => (tx: Transaction) => tx.query(`insert into notes values ('c', $1, '0')`, [id])
  const has = async (id: string) =>
    (await database.transaction(billing, (tx) => tx.query('select from notes where id = $1', [id]))).length
    === 1

  test('a user who may not create roles gets the SQL for a DBA, and the database opens once it has been run', async () => {
    const user = `plain_${process.pid}_${Date.now()}`
    await database.asOwner((owner) => owner.query(`create role ${user} login password 'plain'`))
    const url = new URL(line.url)
    url.username = user
    url.password = 'plain'
    try {
      await expect(openDatabase({ databaseUrl: url.href })).rejects.toThrow(
        /Let a DBA run: .*GRANT portal, billing TO/,
      )
      await database.asOwner((owner) => owner.query(`grant portal, billing to ${user}`))
      const plain = await openDatabase({ databaseUrl: url.href })
      expect(
        await plain.transaction({ role: 'portal', customerId: 'nobody' }, (tx) =>
          tx.query('select * from notes'),
        ),
      ).toEqual([])
      await plain.close()
    } finally {
      await database.asOwner((owner) => owner.query(`drop role ${user}`))
    }
  })

  test('two transactions that deadlock both succeed in the end', async () => {
    await database.transaction(billing, async (tx) => {
      await put('left')(tx)
      await put('right')(tx)
    })
    let met = 0
    let meet: () => void
    const bothHoldOne = new Promise<void>((resolve) => (meet = resolve))
    const change = (first: string, second: string) =>
      database.transaction(billing, async (tx) => {
        await tx.query('update notes set body = body::int + 1 where id = $1', [first])
        if (++met === 2) meet()
        await bothHoldOne
        await tx.query('update notes set body = body::int + 1 where id = $1', [second])
      })
    await Promise.all([change('left', 'right'), change('right', 'left')])
    // Three, or more when the cancelled one locks its first row again before the other wakes up, and they
    // deadlock again.
    expect(met).toBeGreaterThanOrEqual(3)
    expect(
      await database.transaction(billing, (tx) =>
        tx.query(`select id, body from notes where id in ('left', 'right') order by id`),
      ),
    ).toEqual([
      { id: 'left', body: '2' },
      { id: 'right', body: '2' },
    ])
  })

  test('a transaction whose connection is closed before the commit runs again on a fresh connection, once', async () => {
    let runs = 0
    await database.transaction(billing, async (tx) => {
      await put('again')(tx)
      if (++runs > 1) return
      const [own] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
      await database.asOwner((owner) => owner.query('select pg_terminate_backend($1)', [own!.pid]))
      await tx.query('select 1')
    })
    expect(runs).toBe(2)
    expect(await has('again')).toBe(true)
  })

  test('a cached plan belongs to the connection, and each role still sees only its own rows', async () => {
    for (const customerId of ['kept-a', 'kept-b'])
      await database.transaction(billing, (tx) =>
        tx.query('insert into notes values ($1, $2, $3)', [customerId, 'n1', 'kept']),
      )
    const read = (tx: Transaction) =>
      tx.query('select customer_id from notes where body = $1 order by customer_id', ['kept'])
    const all = [{ customer_id: 'kept-a' }, { customer_id: 'kept-b' }]
    // After five executions PostgreSQL may switch to one generic plan for every parameter.
    for (let time = 0; time < 7; time += 1)
      expect(await database.transaction(billing, read, { keepPlans: true })).toEqual(all)
    expect(
      await database.transaction({ role: 'portal', customerId: 'kept-b' }, read, { keepPlans: true }),
    ).toEqual([{ customer_id: 'kept-b' }])
    expect(await database.transaction(billing, read, { keepPlans: true })).toEqual(all)
    const prepared = await database.transaction(billing, (tx) =>
      tx.query("select 1 from pg_prepared_statements where statement like 'select customer_id from notes%'"),
    )
    expect(prepared).toHaveLength(1)
  })

  test('a statement over the time limit is cancelled with DatabaseUnavailable, and the connection stays usable', async () => {
    const hurried = postgresDatabase({ databaseUrl: line.url, maxConnections: 1, statementTimeout: 100 })
    await expect(hurried.transaction(billing, (tx) => tx.query('select pg_sleep(5)'))).rejects.toThrow(
      'longer than 100 ms',
    )
    await hurried.ping()
    await hurried.close()
  })

  test('a long transaction has the longer statement limit, and the connection has the shorter one afterwards', async () => {
    const hurried = postgresDatabase({
      databaseUrl: line.url,
      maxConnections: 1,
      statementTimeout: 100,
      longStatementTimeout: 800,
    })
    const sleep = (seconds: number, long: boolean) =>
      hurried.transaction(billing, (tx) => tx.query(`select pg_sleep(${seconds})`), { long })
    await sleep(0.4, true)
    await expect(sleep(0.4, false)).rejects.toThrow('longer than 100 ms')
    await expect(sleep(5, true)).rejects.toThrow('longer than 800 ms')
    await expect(sleep(5, true)).rejects.toBeInstanceOf(StatementTooLong)
    await hurried.close()
  })

  test('a transaction that waits too long for a connection rejects with DatabaseUnavailable', async () => {
    const small = postgresDatabase({ databaseUrl: line.url, maxConnections: 1, connectTimeout: 1_000 })
    let leave: (() => void) | undefined
    const holding = small.transaction(
      billing,
      () =>
        new Promise<void>((resolve) => {
          leave = resolve
        }),
    )
    await expect(small.ping()).rejects.toThrow(DatabaseUnavailable)
    leave!()
    await holding
    await small.close()
  })

  test('a migration has no time limit, in a transaction or outside, and neither has waiting for one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
    // With a statement limit of 100 ms the client gives up five seconds later: 5.6 s here stand for 16 s with
    // the default of 10.
    await writeFile(
      join(folder, '0001_long.sql'),
      `create table long (x int);
        insert into long
        values (1);
        create function slowly(int) returns int immutable language plpgsql as $$ begin perform pg_sleep(0.4);
        return $1;
        end $$;
        select pg_sleep(5.6);`,
    )
    await writeFile(
      join(folder, '0002_index.sql'),
      '-- no transaction\ncreate index concurrently if not exists long_x on long (slowly(x));',
    )
    const hasty = postgresDatabase({ databaseUrl: line.url, statementTimeout: 100 })
    const applied = await Promise.all([1, 2].map(() => migrate(hasty, folder, { name: 'long' })))
    expect(applied.flat().sort()).toEqual(['0001_long.sql', '0002_index.sql'])
    await expect(hasty.transaction(billing, (tx) => tx.query('select pg_sleep(1)'))).rejects.toThrow(
      DatabaseUnavailable,
    )
    await hasty.close()
    await rm(folder, { recursive: true })
  })

  test('an index created concurrently waits for users of the table, other processes wait for it, and a killed run leaves nothing that blocks the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
    await writeFile(join(folder, '0001_table.sql'), 'create table used (x int);')
    const run = () => migrate(database, folder, { name: 'used' })
    await run()
    await writeFile(
      join(folder, '0002_index.sql'),
      '-- no transaction\ncreate index concurrently if not exists used_x on used (x);',
    )
    const ask = <R>(sql: string) => database.asOwner((owner) => owner.query<R>(sql))
    const making = () =>
      ask<{ pid: number }>(
        `select pid
          from pg_stat_activity
          where datname = current_database()
            and query ~ '^(create|drop) index concurrently'
            and state = 'active'
            and wait_event_type = 'Lock'`,
      )
    const untilItWaits = async () => {
      for (;;) {
        const [found] = await making()
        if (found) return found.pid
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let isUsed = () => {}
    const used = new Promise<void>((resolve) => {
      isUsed = resolve
    })
    const using = database.asOwner(async (owner) => {
      await owner.query('insert into used values (1)')
      isUsed()
      await released
    })
    await used
    const killed = expect(run()).rejects.toThrow(DatabaseUnavailable)
    await ask(`select pg_terminate_backend(${await untilItWaits()})`)
    await killed
    expect(
      await ask("select indisvalid as valid from pg_index where indexrelid = 'used_x'::regclass"),
    ).toEqual([{ valid: false }])
    const several = Promise.all([run(), run(), run()])
    await ask(`select pg_sleep(0.3), ${await untilItWaits()}`)
    // The table is written to in the meantime.
    await ask('insert into used values (2)')
    expect(await making()).toHaveLength(1)
    release()
    await using
    expect((await several).flat()).toEqual(['0002_index.sql'])
    expect(
      await ask("select indisvalid as valid from pg_index where indexrelid = 'used_x'::regclass"),
    ).toEqual([{ valid: true }])
    await rm(folder, { recursive: true })
  })

  test('requests of one customer that wait for a lock leave connections for other customers', async () => {
    const narrow = postgresDatabase({ databaseUrl: line.url, maxConnections: 5 })
    await database.transaction(billing, put('held'))
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let isHeld = false
    const holding = database.transaction(billing, async (tx) => {
      await tx.query("select from notes where id = 'held' for update")
      isHeld = true
      await held
    })
    while (!isHeld) await new Promise((resolve) => setTimeout(resolve, 5))
    const portal = (customerId: string) => ({ role: 'portal', customerId }) as const
    const waiting = Array.from({ length: 20 }, () =>
      narrow.transaction(portal('c'), (tx) => tx.query("select from notes where id = 'held' for update")),
    )
    // Before, five of them held all five connections until the lock was released.
    for (let index = 0; index < 5; index += 1)
      expect(
        await narrow.transaction(portal('d'), (tx) => tx.query('select 1 as one'), { readOnly: true }),
      ).toEqual([{ one: 1 }])
    expect(await Promise.race([Promise.all(waiting), Promise.resolve('waiting')])).toBe('waiting')
    release()
    await holding
    expect(await Promise.all(waiting)).toHaveLength(20)
    await narrow.close()
  })

  test('a read returns its rows although the connection breaks at its end, and the next transaction gets a working connection', async () => {
    const remote = postgresDatabase({ databaseUrl: line.url, maxConnections: 1 })
    await remote.transaction(billing, put('read'))
    const read = await remote.transaction(
      billing,
      (tx) => {
        line.cutAt('COMMIT')
        return tx.query('select id from notes where id = $1', ['read'])
      },
      { readOnly: true },
    )
    expect(read).toEqual([{ id: 'read' }])
    await remote.ping()
    await remote.close()
  })

  test('a connection that breaks during the commit leaves the outcome unknown: DatabaseUnavailable, and no retry', async () => {
    const remote = postgresDatabase({ databaseUrl: line.url, maxConnections: 1 })
    let runs = 0
    const doubtful = remote.transaction(billing, async (tx) => {
      runs++
      await put('doubt')(tx)
      line.cutAt('COMMIT')
    })
    await expect(doubtful).rejects.toThrow(DatabaseUnavailable)
    await expect(doubtful).rejects.toThrow('may or may not')
    expect(runs).toBe(1)
    await remote.ping()
    await remote.close()
  })

  test('idle connections of a server that stopped do no harm; calls fail at once, and succeed when it is back', async () => {
    const remote = postgresDatabase({ databaseUrl: line.url })
    await remote.ping()
    await line.down()
    await expect(remote.ping()).rejects.toThrow(DatabaseUnavailable)
    await line.up()
    await remote.ping()
    await remote.close()
  })
})

type Line = Awaited<ReturnType<typeof lineTo>>

/** A proxy in front of the server that can cut connections, to simulate a broken network. */
async function lineTo(server: URL, database: string) {
  const sockets = new Set<Socket>()
  let cutWord: string | undefined
  const cut = () => sockets.forEach((socket) => socket.destroy())
  const listener: Server = createServer((near) => {
    const far = connect(Number(server.port || 5432), server.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    far.pipe(near)
    near.on('data', (bytes) => {
      if (cutWord !== undefined && bytes.includes(cutWord)) {
        cutWord = undefined
        cut()
      } else far.write(bytes)
    })
  })
  const listen = async (port: number) => {
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
  }
  await listen(0)
  const { port } = listener.address() as { port: number }
  const url = new URL(server)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  url.pathname = `/${database}`
  const down = async () => {
    cut()
    listener.close()
    await once(listener, 'close')
  }
  return {
    url: url.href,
    /** Cuts every connection when `word` is next sent to the server; the word does not arrive. */
    cutAt: (word: string) => {
      cutWord = word
    },
    down,
    up: () => listen(port),
    end: () => {
      cut()
      listener.close()
    },
  }
}
