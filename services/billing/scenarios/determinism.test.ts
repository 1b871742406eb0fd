import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabases, type TestDatabase } from '@customer-portal/database/testing'
import type { InvoiceDocument } from '../src/invoicing/document/document.ts'
import { canonicalJson } from '../src/values/canonical-json.ts'
import { createWorld } from '../src/testing.ts'
import { creditedTooMuch, mistakesOf, scheduledTooLate } from './invariants.ts'
import { playHistory } from './random-history.ts'

/** The commands that every long history must complete. */
const everything = [
  'adjust',
  'cancel',
  'charge',
  'consume',
  'credit',
  'discount',
  'downgrade',
  'due',
  'endDiscount',
  'generate',
  'moved',
  'pay',
  'quoted',
  'read',
  'refund',
  'replan',
  'resume',
  'reverse',
  'subscribe',
  'takeBack',
  'undo',
  'upgrade',
  'usage',
  'usageAgain',
  'version',
  'void',
  'voidAgain',
  'withdraw',
  'zone',
]
const long = process.env['LONG'] === '1'
const ownSeed = process.env['SEED']
const steps = Number(process.env['STEPS'] ?? (long ? 1500 : 200))
/** The first covers every command. The long form adds further seeds each time. */
const seeds = ownSeed === undefined ? [10] : [Number(ownSeed)]

async function play({ create }: TestDatabase, seed: number, steps: number) {
  const world = await createWorld(create, '2026-08-01T00:00:00Z')
  try {
    const log = await playHistory(world, {
      seed,
      steps,
      look: async () =>
        expect([
          ...(await mistakesOf(world)),
          ...(await creditedTooMuch(world)),
          ...(await scheduledTooLate(world)),
        ]).toEqual([]),
    })
    const rows = await world.db.asOwner((tx) =>
      tx.query<{ document: InvoiceDocument; sha256: string; voided: boolean }>(
        `select document, sha256, voided_at is not null as voided
          from invoices
          order by issued_at, id collate "C"`,
      ),
    )
    const sums = await world.db.asOwner((tx) =>
      tx.query(
        `select customer_id, meter, sum(quantity)::text as quantity, sum(events)::int as events
          from usage_daily
          group by 1, 2
          order by customer_id collate "C", meter collate "C"`,
      ),
    )
    const trials = await world.db.asOwner((tx) =>
      tx.query('select 1 from phases where trial_ends_on is not null'),
    )
    return {
      log,
      trials: trials.length,
      documents: rows.map((row) => row.document),
      invoices: rows.map((row) => canonicalJson(row)),
      sums,
    }
  } finally {
    await world.close()
  }
}

async function onBoth(seed: number, steps: number) {
  const [first, second] = [
    await play(testDatabases[0]!, seed, steps),
    await play(testDatabases[1]!, seed, steps),
  ]
  expect(second.log.map((step) => canonicalJson(step))).toEqual(first.log.map((step) => canonicalJson(step)))
  expect(second.invoices).toEqual(first.invoices)
  expect(second.sums).toEqual(first.sums)
  return first
}

// Without a second database there is nothing to compare: visibly skipped.
const onTwo = test.runIf(testDatabases.length > 1)

if (long && ownSeed === undefined)
  onTwo(
    'whatever lives customers lead, every invariant holds, and both databases have the same bytes',
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 2 ** 31 - 1 }),
          async (seed) => void (await onBoth(seed, 250)),
        ),
        { numRuns: 10, endOnFailure: true },
      )
    },
  )

onTwo.each(seeds)(
  `a history of ${steps} commands, seed %i, keeps every invariant and gives the same bytes on PGlite `
    + 'and PostgreSQL',
  { timeout: 1_200_000 },
  async (seed) => {
    const first = await onBoth(seed, steps)

    // The history must cover every command to be worth its time. One chosen by its seed may be short.
    if (ownSeed !== undefined) return
    const kinds = new Set(
      first.documents.flatMap((document) => [document.kind, ...document.lines.map((line) => line.kind)]),
    )
    expect([...kinds].sort()).toEqual([
      'adjustment',
      'change',
      'charge',
      'credit_note',
      'fee',
      'final',
      'minimum_spend',
      'renewal',
      'start',
      'unused_time',
      'usage',
    ])
    expect(first.documents.some((document) => document.creditApplied > 0)).toBe(true)
    expect(first.documents.some((document) => document.discountTotal > 0)).toBe(true)
    const succeeded = new Set(
      first.log.filter((step) => typeof step.answer !== 'string').map((step) => step.command),
    )
    expect([...succeeded].sort()).toEqual(everything)
    expect(first.trials).toBeGreaterThan(0)
  },
)
