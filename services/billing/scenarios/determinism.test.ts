import { expect, test } from 'vitest'
import { testDatabases, type TestDatabase } from '@customer-portal/database/testing'
import type { InvoiceDocument } from '../src/invoice/document.ts'
import { canonicalJson } from '../src/rules/canonical.ts'
import { createWorld } from '../src/testing.ts'
import { mistakesOf, rememberedTooLate } from './invariants.ts'
import { playHistory } from './random-history.ts'

const steps = process.env['LONG'] === '1' ? 1500 : 150
const seed = Number(process.env['SEED'] ?? 20_261_122)

async function play({ create }: TestDatabase) {
  const world = await createWorld(create, '2026-08-01T00:00:00Z')
  try {
    const log = await playHistory(world, seed, steps, async () => expect([...await mistakesOf(world), ...await rememberedTooLate(world)]).toEqual([]))
    const rows = await world.db.asOwner((tx) => tx.query<{ document: InvoiceDocument; sha256: string; voided: boolean }>('select document, sha256, voided_at is not null as voided from invoices order by issued_at, id collate "C"'))
    const sums = await world.db.asOwner((tx) => tx.query('select customer_id, meter, sum(quantity)::text as quantity, sum(events)::int as events from usage_daily group by 1, 2 order by customer_id collate "C", meter collate "C"'))
    return { log, documents: rows.map((row) => row.document), invoices: rows.map((row) => canonicalJson(row)), sums }
  } finally {
    await world.close()
  }
}

// Without a second database there is nothing to compare: skipped where it can be seen.
test.runIf(testDatabases.length > 1)(`a seeded history of ${steps} commands gives the same bytes on PGlite and PostgreSQL`, { timeout: 600_000 }, async () => {
  const [first, second] = [await play(testDatabases[0]!), await play(testDatabases[1]!)]
  expect(second.log.map((step) => canonicalJson(step))).toEqual(first.log.map((step) => canonicalJson(step)))
  expect(second.invoices).toEqual(first.invoices)
  expect(second.sums).toEqual(first.sums)

  // The history is worth its time only while it goes everywhere.
  const kinds = new Set(first.documents.flatMap((document) => [document.kind, ...document.lines.map((line) => line.kind)]))
  expect([...kinds].sort()).toEqual(['adjustment', 'change', 'closing', 'credit', 'fee', 'renewal', 'start', 'usage'])
  expect(first.documents.some((document) => document.creditApplied > 0)).toBe(true)
  const succeeded = new Set(first.log.filter((step) => typeof step.answer !== 'string').map((step) => step.command))
  expect([...succeeded].sort()).toEqual(['cancel', 'consume', 'downgrade', 'due', 'generate', 'pay', 'quoted', 'read', 'replan', 'resume', 'subscribe', 'undo', 'upgrade', 'usage', 'usageAgain', 'void', 'zone'])
})
