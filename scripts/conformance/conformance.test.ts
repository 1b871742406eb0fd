import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { report, summaries } from './report.ts'
import { reading } from './reading.ts'
import { runCase, runFolder } from './run.ts'
import type { Case, Input } from './case.ts'

const root = join(import.meta.dirname, '../..')
const shared = join(root, '../shared/cases')

// The cases are not part of this project, so without them this test does not exist.
if (existsSync(shared))
  test('no case of the shared folder fails, and the invoicing code answers what it has the feature for', () => {
    const results = runFolder(shared)
    expect(results.filter((result) => result.outcome === 'failed')).toEqual([])
    expect(results.filter((result) => result.outcome === 'passed').length).toBeGreaterThanOrEqual(156)
    expect(results.every((result) => result.outcome === 'passed' || result.reason !== '')).toBe(true)
  })

const rounding = (id: string, amount: string, rounded: string, specific = false): Case => ({
  id,
  rule_specific: specific,
  kind: 'rounding',
  input: { currency: 'USD', amount },
  expected: { rounded },
})

test('a wrong answer fails, another vendor’s convention does not, and an unknown kind is reported', () => {
  const outcome = (one: Case, group = 'invoice') => runCase('x.json', group, one)
  expect(outcome(rounding('a', '10.275', '10.28'))).toMatchObject({ outcome: 'passed', reason: '' })
  expect(outcome(rounding('b', '10.275', '10.27'))).toMatchObject({
    outcome: 'failed',
    reason: 'rounded is 10.28, expected 10.27',
  })
  expect(outcome(rounding('c', '10.275', '10.27', true))).toMatchObject({ outcome: 'convention' })
  expect(outcome({ ...rounding('d', '1', '1'), kind: 'other' })).toMatchObject({
    outcome: 'unsupported',
    reason: 'kind other: nothing that makes invoices answers it',
  })
  expect(outcome({ ...rounding('e', '1', '1'), expected: { unheard: '1' } })).toMatchObject({
    outcome: 'unsupported',
    reason: "'unheard' is not answered",
  })
  expect(outcome(rounding('f', '1', '1'), 'credits')).toMatchObject({ outcome: 'unsupported' })
  expect(outcome(rounding('g', '10.275', '10.275'))).toMatchObject({
    outcome: 'unsupported',
    reason: 'rounded: expected finer than the 2 decimals of the answer',
  })
})

const price = (input: Case['input'], amount: string): Case => ({
  id: JSON.stringify(input),
  rule_specific: false,
  input: { currency: 'USD', ...input },
  expected: { amount },
})
const bounded = {
  tiers: [
    { up_to: '10', unit_amount: '2', flat_amount: '0' },
    { up_to: null, unit_amount: '1', flat_amount: '5' },
  ],
}

test('a case with an unread field is unsupported, whether its answer is right or wrong', () => {
  const result = (input: Case['input'], amount: string) =>
    runCase('pricing.json', 'pricing', price(input, amount))
  const known = { model: 'per_unit', quantity: '2', unit_amount: '3' }
  expect(result(known, '6')).toMatchObject({ outcome: 'passed' })
  expect(result({ ...known, unheard: true }, '6')).toMatchObject({
    outcome: 'unsupported',
    reason: 'unheard: not read',
  })
  expect(result({ ...known, unheard: { of: '1' } }, '7')).toMatchObject({
    outcome: 'unsupported',
    reason: 'unheard: not read',
  })
  expect(result({ ...known, unheard: null }, '6')).toMatchObject({ outcome: 'unsupported' })
  const {
    tiers: [first, last],
  } = bounded
  expect(
    result({ model: 'volume', quantity: '9', tiers: [first!, { ...last!, minimum: { of: '1' } }] }, '18'),
  ).toMatchObject({ outcome: 'unsupported', reason: 'tiers[].minimum: not read' })
})

test('unread fields are found at any depth, in objects and in lists', () => {
  const { view, unread } = reading({ a: '1', b: [{ c: '2', d: [] }, '3'], e: { f: { g: null }, h: '4' } })
  expect(unread()).toEqual(['a', 'b', 'e'])
  expect(view.a).toBe('1')
  expect((view.b as Input[]).map((one) => one)).toHaveLength(2)
  expect(unread()).toEqual(['b[].c', 'b[].d', 'e'])
  expect((view.b as Input[])[0]).toEqual({ c: '2', d: [] })
  expect((view.e as Input).h).toBe('4')
  expect(unread()).toEqual(['e.f'])
  expect(((view.e as Input).f as Input).g).toBeNull()
  expect(unread()).toEqual([])
})

test.each([
  price({ model: 'per_unit', quantity: '12.5', unit_amount: '0.333' }, '4.16'),
  price(
    {
      model: 'per_unit',
      quantity: '7',
      unit_amount: '2',
      free_units: '3',
      base_fee: '10',
      minimum_amount: '9',
    },
    '19',
  ),
  price(
    { model: 'package', quantity: '121', package_size: '10', package_amount: '0.05', free_units: '10' },
    '0.6',
  ),
  price(
    { model: 'percentage', rate_percent: '0.12', volume: '1000', event_count: 2, fixed_fee_per_event: '0.5' },
    '2.20',
  ),
  price({ model: 'percentage', rate_percent: '10', events: ['10', '20.50'], free_volume: '10' }, '2.05'),
  price({ model: 'per_unit', currency: 'KWD', quantity: '1', unit_amount: '0.0015' }, '0.002'),
  price(
    {
      model: 'per_unit',
      quantity: '1400',
      unit_amount: '10',
      unit_conversion: { divide_by: '1000', rounding: 'none' },
    },
    '14',
  ),
  price({ model: 'volume', bucket_quantities: ['5', '15'], discount_percent: '10', ...bounded }, '27'),
  price(
    {
      model: 'per_unit',
      quantity: '5',
      unit_amount: '10',
      maximum_amount: '100',
      previous: { quantity: '7', billed_amount: '120' },
    },
    '-20',
  ),
])('$id', (one) => {
  expect(runCase('pricing.json', 'pricing', one)).toMatchObject({ outcome: 'passed', reason: '' })
})

test.each([
  [
    price({ model: 'package', quantity: '1', package_size: '10', package_amount: '0.005' }, '0.01'),
    '0.005 USD is finer than a minor unit',
  ],
  [
    price({ model: 'percentage', rate_percent: '0.125', volume: '1000' }, '1.25'),
    '0.125 % is finer than a basis point',
  ],
  [
    price(
      { model: 'graduated', quantity: '8', tiers: [{ up_to: '10', unit_amount: '5', flat_amount: '0' }] },
      '40',
    ),
    'the last tier must have upTo null',
  ],
  [
    price(
      { model: 'package', quantity: '8', package_size: '10', package_amount: '5', rounding: 'down' },
      '0',
    ),
    'rounding: a package that is started is charged',
  ],
  [
    price({ model: 'per_unit', bucket_quantities: ['1'], unit_amount: '5', minimum_amount: '9' }, '9'),
    'minimum_amount with buckets',
  ],
])('a case that a plan cannot express is unsupported: %#', (one, reason) => {
  expect(runCase('pricing.json', 'pricing', one)).toMatchObject({
    outcome: 'unsupported',
    reason: expect.stringContaining(reason),
  })
})

const change = {
  currency: 'USD',
  old: { unit_amount: '30', quantity: '2' },
  new: { unit_amount: '60' },
  period_start: '2026-10-01T00:00:00Z',
  period_end: '2026-11-01T00:00:00Z',
  change_at: '2026-10-27T00:00:00Z',
}
test.each([
  [change, { credit: '9.68', charge: '9.68', net: '0' }, 'passed', ''],
  [{ ...change, new: null }, { credit: '9.68', charge: '0', net: '-9.68' }, 'passed', ''],
  [
    { ...change, new_interval: 'year', reset_cycle: true },
    { credit: '9.68', charge: '60', net: '50.32' },
    'passed',
    '',
  ],
  [
    { ...change, reset_cycle: true },
    {},
    'unsupported',
    'reset_cycle: a change begins new periods where it is to another interval',
  ],
  [
    { ...change, change_at: '2026-10-27T12:00:00Z' },
    {},
    'unsupported',
    'change_at is no local midnight: periods are of whole dates',
  ],
  [{ ...change, change_at: '2026-10-27T12:00:00Z', granularity: 'day' }, { credit: '9.68' }, 'passed', ''],
  [{ ...change, source_period_end_inclusive: '2026-10-31T23:59:59Z' }, { credit: '9.68' }, 'passed', ''],
  [
    { ...change, source_period_end_inclusive: '2026-11-01T00:00:00Z' },
    {},
    'unsupported',
    'source_period_end_inclusive: the period has another last date',
  ],
  [
    { ...change, period_end: '2026-10-20T00:00:00Z' },
    {},
    'unsupported',
    'a fee period is whole months from the date it begins on',
  ],
  // In Berlin the clocks go back on 25 October 2026, so that day has more seconds.
  [
    {
      ...change,
      timezone: 'Europe/Berlin',
      period_start: '2026-09-30T22:00:00Z',
      period_end: '2026-10-31T23:00:00Z',
      change_at: '2026-10-26T23:00:00Z',
    },
    {},
    'unsupported',
    'granularity second: days count, also those of 23 or 25 hours',
  ],
])('a plan change %#', (input, expected, outcome, reason) => {
  const one: Case = { id: 'change', rule_specific: false, kind: 'plan_change', input, expected }
  expect(runCase('proration.json', 'proration', one)).toMatchObject({ outcome, reason })
})

test('a result stated by the steps of a case is compared, and a wrong one fails', () => {
  const feature = { type: 'metered', included: '100', overage_allowed: false, overflow: 'reject' }
  const result = (...steps: Input[]) =>
    runCase('entitlement.json', 'entitlement', {
      id: 'steps',
      rule_specific: false,
      kind: 'sequence',
      input: { feature, steps },
      expected: { usage: '100', balance: '0' },
    })
  const used = { op: 'ingest', value: '100' }
  expect(result(used, { op: 'track', value: '0.5', expect_accepted: false })).toMatchObject({
    outcome: 'passed',
  })
  expect(result({ op: 'check', required: '101', expect_allowed: true }, used)).toMatchObject({
    outcome: 'failed',
    reason: 'expect_allowed is false, expected true',
  })
})

test('a report has a line per file and kind, the reasons and the first failures', () => {
  const results = [
    rounding('a', '1', '1'),
    rounding('b', '1', '2'),
    { ...rounding('c', '1', '1'), kind: 'other' },
  ].map((one) => runCase('x.json', 'invoice', one))
  expect(summaries(results)).toEqual([
    { file: 'x.json', kind: 'rounding', passed: 1, failed: 1, unsupported: 0, convention: 0 },
    { file: 'x.json', kind: 'other', passed: 0, failed: 0, unsupported: 1, convention: 0 },
  ])
  const lines = report(results).split('\n')
  expect(lines[0]).toMatch(/^x\.json +rounding +passed +1 +failed +1 +not supported +0/)
  expect(lines).toContain('  b: rounded is 1.00, expected 2')
  expect(lines).toContain('  x.json: kind other: nothing that makes invoices answers it (c)')
})

test('the command runs any folder, and exits with 1 when a case fails, 2 when there is nothing to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const run = (...options: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'scripts/conformance/main.ts', ...options], {
      cwd: root,
      encoding: 'utf8',
    })
  expect(run(folder)).toMatchObject({ status: 2, stderr: expect.stringContaining('holds no .json file') })
  const write = (...cases: Case[]) =>
    writeFileSync(
      join(folder, 'bills.json'),
      JSON.stringify({ schema_version: 1, group: 'invoice', title: '', count: cases.length, cases }),
    )
  write(rounding('a', '1', '1'))
  expect(run(folder, '--json')).toMatchObject({ status: 0, stdout: expect.stringContaining('"passed": 1') })
  write(rounding('a', '1', '2'))
  expect(run(folder).status).toBe(1)
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('npm run conformance') })
  rmSync(folder, { recursive: true })
})
