import pg from 'pg'
import {
  createCustomer,
  createSubscription,
  migrateBilling,
  putMeter,
  putPlan,
  putSeller,
  recordUsage,
  runBilling,
  type Engine,
  type PlanInput,
} from '@customer-portal/billing'
import { alone, type Alone } from './alone.ts'
import type { Bench, Benchmark, Figures, Run } from './benchmark.ts'
import { onEngine } from './engine.ts'
import { query } from './server.ts'

/** The number the server uses for due work, and therefore the baseline's. */
const connections = 4
const startedAt = '2026-10-31T16:00:00.000000Z' // 1 November in Shanghai
const usedUntil = '2026-11-30T12:00:00.000000Z'
const dueAt = '2026-12-01T00:00:00.000000Z'

/** Issuing renewal invoices by the engine's due work, against inserting the same rows by plain SQL. */
export const invoices: Benchmark = {
  name: 'invoices',
  count: 10_000,
  about: (count) =>
    `issuing ${count.toLocaleString('en')} renewal invoices of 5 lines, ${connections} connections`,
  async prepare(bench) {
    await prepareCustomers(bench)
    const issuedUrl = await issueOnce(bench)
    const few = Math.ceil(bench.count / 10)
    const run = (name: string, count: number, work: string, input: object = {}): Run => ({
      name,
      measure: () => measure(bench, { name, count, work, input: { ...input, connections } }),
    })
    const plain = (name: string, work: string) => run(name, bench.count, work, { issuedUrl })
    const names = {
      engine: 'the engine',
      few: `the engine, ${few.toLocaleString('en')} customers`,
      each: 'SQL, a transaction an invoice',
      bulk: 'SQL, all in one statement a table',
    }
    return {
      runs: [
        run(names.engine, bench.count, issueAll.name),
        run(names.few, few, issueAll.name),
        plain(names.each, insertEach.name),
        plain(names.bulk, insertInBulk.name),
      ],
      comparisons: [
        { figure: 'invoices/s', of: names.engine, to: names.each, atLeast: 0.25 },
        { figure: 'invoices/s', of: names.engine, to: names.bulk },
        { figure: 'peak MB', of: names.engine, to: names.few, atMost: 1.25 },
      ],
    }
  },
}

/**
 * Measures on a fresh copy of the customers, of whom `count` are due, and asserts that the same rows were
 * written.
 */
async function measure(
  { server, progress }: Bench,
  { name, count, work, input }: { name: string; count: number; work: string; input: object },
): Promise<Figures> {
  const url = await server.create('run', 'prepared')
  try {
    await query(url, `update customers set due_at = null where customer_id > '${customerId(count)}'`)
    await query(url, 'vacuum customers')
    const { answer, peakMemory } = await inProcess(work, { ...input, url }, (done) =>
      progress(name, done, count),
    )
    await assertIssued(url, count)
    return { 'invoices/s': count / answer.seconds, 'peak MB': peakMemory }
  } finally {
    await server.drop('run')
  }
}

const inProcess = (
  work: string,
  input: object,
  onProgress?: (done: number) => void,
): Promise<Alone<{ seconds: number }>> => alone(import.meta.url, work, input, onProgress)

/**
 * Asserts for engine and baseline alike: per customer a renewal of five lines, numbered without a gap, with
 * all its rows.
 */
async function assertIssued(url: string, count: number): Promise<void> {
  const [found] = await query(
    url,
    `select (
        select count(*) from invoices where kind = 'renewal' and jsonb_array_length(document -> 'lines') = 5
      )::int as invoices,
        (select count(distinct number) from invoices where number like 'INV-202612-%')::int as numbers,
        (select last from invoice_numbers where month = '202612') as last,
        (select count(*) from closed_periods)::int as closed,
        (
          select count(*) from activity where type = 'invoice.issued'
        )::int - (select count(*) from invoices where kind = 'start')::int as told,
        (select count(*) from customers where due_at > '${dueAt}')::int as due`,
  )
  for (const [what, rows] of Object.entries(found!))
    if (rows !== count) throw new Error(`${what}: ${String(rows)} where ${count} were to be written`)
}

const text = (english: string, chinese: string) => ({ en: english, 'zh-CN': chinese })

const plan: PlanInput = {
  id: 'team',
  name: text('Team', '团队版'),
  fee: { amount: 59_900, per: 'subscription' },
  charges: [
    {
      meter: 'ai_chat',
      included: 100,
      overage: 'bill',
      price: { model: 'per_unit', rate: { amount: 5, per: 1 } },
    },
    {
      meter: 'tokens',
      included: 1000,
      overage: 'bill',
      price: {
        model: 'graduated',
        tiers: [
          { upTo: 10_000, rate: { amount: 40, per: 1000 } },
          { upTo: null, rate: { amount: 30, per: 1000 } },
        ],
      },
    },
    {
      meter: 'storage',
      included: 10,
      overage: 'bill',
      price: {
        model: 'volume',
        tiers: [
          { upTo: 50, rate: { amount: 12, per: 1 } },
          { upTo: null, rate: { amount: 10, per: 1 } },
        ],
      },
    },
    { meter: 'messages', included: 0, overage: 'bill', price: { model: 'package', size: 100, amount: 250 } },
  ],
}
const meters = plan.charges!.map((charge) => charge.meter)

async function prepareCustomers({ server, count, progress }: Bench): Promise<void> {
  const url = await server.create('prepared')
  progress('preparing customers', 0, count)
  await onEngine({ databaseUrl: url, connections: 1 }, startedAt, async (engine, clock) => {
    await migrateBilling(engine.db)
    await seedCatalogue(engine)
    await subscribe(engine, customerId(1))
    clock.at = usedUntil
    await recordUsage(engine, usageOf(customerId(1)))
  })
  await copyCustomer(url, count)
  await query(url, 'vacuum analyze')
}

/**
 * The others are copies of the first with names and numbers of their own, made by SQL: the engine would take
 * minutes for what is not measured.
 */
async function copyCustomer(url: string, count: number): Promise<void> {
  const [invoice] = await query(url, 'select id, number from invoices')
  const first = invoice as { id: string; number: string }
  const tables = await query(
    url,
    `select c.oid::regclass::text as name
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'customer_id'
        and c.relkind in ('r', 'p')
        and not c.relispartition
        and c.relnamespace = 'public'::regnamespace`,
  )
  const copied = [
    [customerId(1), "'customer_' || n"],
    [first.id, `'${first.id}' || n`],
    [first.number, "'INV-202611-' || n"],
  ].reduce((json, [from, to]) => `replace(${json}, '${from}', ${to})`, 'to_jsonb(t)::text')
  for (const { name } of tables) {
    // The original's rows are valid, so triggers need not check the copies.
    await query(
      url,
      `set session_replication_role = replica;
      insert into ${String(name)} select (jsonb_populate_record(null::${String(name)}, ${copied}::jsonb)).*
      from ${String(name)} t, (select lpad(i::text, 6, '0') as n from generate_series(2, ${count}) i) numbers where t.customer_id = '${customerId(1)}'`,
    )
  }
  await query(url, `update invoice_numbers set last = ${count}`)
}

async function seedCatalogue(engine: Engine): Promise<void> {
  await putSeller(engine, {
    name: '杭州星桥云计算科技有限公司',
    nameEn: 'Hangzhou Starbridge Cloud Technology Co., Ltd.',
    taxId: '91330100799655058B',
    address: '浙江省杭州市西湖区文三路 478 号',
    phone: '0571-8888 6600',
    bankName: '招商银行杭州高新支行',
    bankAccount: '5719 0668 8810 901',
    timezone: 'Asia/Shanghai',
  })
  for (const key of meters) await putMeter(engine, { key, name: text(key, key), unit: text('units', '个') })
  await putPlan(engine, plan)
}

async function subscribe(engine: Engine, id: string): Promise<void> {
  await createCustomer(engine, {
    id,
    companyName: `${id} 有限公司`,
    email: `${id}@example.com`,
    address: '上海市黄浦区',
  })
  await createSubscription(engine, { customerId: id, planId: plan.id })
}

const usedOn = ['2026-11-03', '2026-11-10', '2026-11-17', '2026-11-24', '2026-11-30']

const usageOf = (id: string) =>
  usedOn.flatMap((date, day) =>
    meters.map((meter, index) => ({
      id: `${meter}-${date}`,
      customerId: id,
      meter,
      quantity: 50 + 60 * index + 700 * day,
      time: `${date}T04:00:00Z`,
    })),
  )

const customerId = (number: number) => `customer_${String(number).padStart(6, '0')}`

/** Issues everything once, not measured, and leaves the rows for the baselines. Returns the database. */
async function issueOnce({ server, count, progress }: Bench): Promise<string> {
  const url = await server.create('issued', 'prepared')
  await inProcess(issueAll.name, { url, connections }, (done) =>
    progress('issuing what the baselines insert', done, count),
  )
  await assertIssued(url, count)
  return url
}

// Each of the following runs in a process of its own.

interface Input {
  url: string
  connections: number
}

type Tell = (done: number) => void

/** The engine: everything that is due. */
export async function issueAll(input: Input, tell: Tell): Promise<{ seconds: number }> {
  let issued = 0
  return onEngine(
    { databaseUrl: input.url, connections: input.connections },
    dueAt,
    async (engine) => {
      await engine.db.ping()
      return timed(async () => void (await runBilling(engine, { atOnce: input.connections })))
    },
    (prefix) => {
      if (prefix !== 'inv') return
      issued += 1
      if (issued % 500 === 0) tell(issued)
    },
  )
}

/**
 * The baseline: the same rows by plain SQL, each invoice in its own transaction with one prepared statement
 * per table, numbered without a gap.
 */
export async function insertEach(
  { url, connections, issuedUrl }: Input & { issuedUrl: string },
  tell: Tell,
): Promise<{ seconds: number }> {
  const rows = await readIssued(issuedUrl)
  return onPool({ url, connections }, async (pool) => {
    let next = 0
    const work = async () => {
      const client = await pool.connect()
      for (let row = rows[next++]; row; row = rows[next++]) {
        await insertInvoice(client, row)
        if (next % 500 === 0) tell(next)
      }
      client.release()
    }
    return timed(async () => void (await Promise.all(Array.from({ length: connections }, work))))
  })
}

async function insertInvoice(client: pg.PoolClient, row: IssuedRow): Promise<void> {
  await client.query('begin')
  await client.query({
    name: 'period',
    text: 'insert into closed_periods values ($1, $2, $3)',
    values: [row.customer_id, row.period_start, row.closed_at],
  })
  await client.query({
    name: 'change',
    text: `insert into activity (customer_id, type, subject_id, at) values ($1, 'invoice.issued', $2, $3)`,
    values: [row.customer_id, row.id, row.issued_at],
  })
  await client.query({
    name: 'due',
    text: 'update customers set due_at = $2 where customer_id = $1',
    values: [row.customer_id, row.next_due_at],
  })
  // As late as possible: all connections contend for this one row.
  await client.query({
    name: 'number',
    text: `insert into invoice_numbers
      values ('INV', '202612', 1)
      on conflict (series, month) do update set last = invoice_numbers.last + 1`,
  })
  await client.query({
    name: 'invoice',
    text: `insert into invoices (${invoiceColumns}) values (${invoiceParameters})`,
    values: invoiceColumns.map((column) => row[column]),
  })
  await client.query('commit')
}

/** For comparison: the same rows in one transaction with one statement per table, as no issuer could do. */
export async function insertInBulk({
  url,
  issuedUrl,
}: Input & { issuedUrl: string }): Promise<{ seconds: number }> {
  const rows = await readIssued(issuedUrl)
  const columns = (names: readonly string[]) =>
    names.map((name) => rows.map((row) => row[name as keyof IssuedRow]))
  return onPool({ url, connections: 1 }, async (pool) => {
    const client = await pool.connect()
    return timed(async () => {
      await client.query('begin')
      await client.query(
        `insert into invoices (${invoiceColumns})
          select *
          from unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::timestamptz[],
            $8::timestamptz[], $9::text[], $10::bigint[], $11::bigint[], $12::jsonb[], $13::text[],
            $14::text[]
          )`,
        columns(invoiceColumns),
      )
      await client.query(
        `insert into activity (customer_id, type, subject_id, at)
          select c, 'invoice.issued', i, a
          from unnest($1::text[], $2::text[], $3::timestamptz[]) as t(c, i, a)`,
        columns(['customer_id', 'id', 'issued_at']),
      )
      await client.query(
        'insert into closed_periods select * from unnest($1::text[], $2::date[], $3::timestamptz[])',
        columns(['customer_id', 'period_start', 'closed_at']),
      )
      await client.query(
        `update customers
          set due_at = t.due
          from unnest($1::text[], $2::timestamptz[]) as t(id, due)
          where customer_id = t.id`,
        columns(['customer_id', 'next_due_at']),
      )
      await client.query(`insert into invoice_numbers values ('INV', '202612', $1)`, [rows.length])
      await client.query('commit')
      client.release()
    })
  })
}

const invoiceColumns = [
  'customer_id',
  'id',
  'number',
  'kind',
  'period_start',
  'cause_id',
  'issued_at',
  'due_at',
  'currency',
  'total',
  'payable',
  'document',
  'sha256',
  'template',
] as const
const invoiceParameters = invoiceColumns.map((_, index) => `$${index + 1}`).join()

type IssuedRow = Record<(typeof invoiceColumns)[number] | 'closed_at' | 'next_due_at', string>

/** The rows the engine wrote, with every value as the text the database accepts. */
async function readIssued(url: string): Promise<IssuedRow[]> {
  const rows = await query(
    url,
    `select ${invoiceColumns.map((column) => `i.${column}::text`).join()}, p.closed_at::text,
        c.due_at::text as next_due_at
      from invoices i
      join closed_periods p using (customer_id)
      join customers c using (customer_id)
      where i.kind = 'renewal'
      order by i.number`,
  )
  return rows as unknown as IssuedRow[]
}

async function onPool<T>({ url, connections }: Input, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  try {
    await pool.query('select 1')
    return await work(pool)
  } finally {
    await pool.end()
  }
}

async function timed(work: () => Promise<void>): Promise<{ seconds: number }> {
  const began = performance.now()
  await work()
  return { seconds: (performance.now() - began) / 1000 }
}
