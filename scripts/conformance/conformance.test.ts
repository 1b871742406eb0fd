import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { report, summaries } from './report.ts'
import { runCase, runFolder } from './run.ts'
import type { Case } from './case.ts'

const root = join(import.meta.dirname, '../..')
const shared = join(root, '../shared/cases')

// The cases are not part of this project: where they are absent there is no such test.
if (existsSync(shared)) test('no case of the shared folder fails, and what any correct engine answers is answered by ours where it has the feature', () => {
  const results = runFolder(shared)
  expect(results.filter((result) => result.outcome === 'failed')).toEqual([])
  const named = results.filter((result) => ['pricing.json', 'periods.json', 'proration.json', 'invoice.json'].includes(result.file))
  expect(named.filter((result) => result.outcome === 'passed').length).toBeGreaterThanOrEqual(220)
  expect(named.every((result) => result.outcome === 'passed' || result.reason !== '')).toBe(true)
})

const rounding = (id: string, amount: string, rounded: string, specific = false): Case => ({ id, rule_specific: specific, kind: 'rounding', input: { currency: 'USD', amount }, expected: { rounded } })

test('a wrong answer fails, another vendor’s convention does not, and what is not known says so', () => {
  const outcome = (one: Case, group = 'invoice') => runCase('x.json', group, one)
  expect(outcome(rounding('a', '10.275', '10.28'))).toMatchObject({ outcome: 'passed', reason: '' })
  expect(outcome(rounding('b', '10.275', '10.27'))).toMatchObject({ outcome: 'failed', reason: 'rounded is 10.28, expected 10.27' })
  expect(outcome(rounding('c', '10.275', '10.27', true))).toMatchObject({ outcome: 'convention' })
  expect(outcome({ ...rounding('d', '1', '1'), kind: 'other' })).toMatchObject({ outcome: 'unsupported', reason: 'kind other: no function of the engine answers it' })
  expect(outcome({ ...rounding('e', '1', '1'), expected: { unheard: '1' } })).toMatchObject({ outcome: 'unsupported', reason: "'unheard' is not answered" })
  expect(outcome(rounding('f', '1', '1'), 'credits')).toMatchObject({ outcome: 'unsupported' })
})

const price = (input: Case['input'], amount: string): Case => ({ id: JSON.stringify(input), rule_specific: false, input: { currency: 'USD', ...input }, expected: { amount } })
test.each([
  price({ model: 'per_unit', quantity: '12.5', unit_amount: '0.333' }, '4.16'),
  price({ model: 'per_unit', quantity: '7', unit_amount: '2', free_units: '3', base_fee: '10', minimum_amount: '9' }, '19'),
  price({ model: 'package', quantity: '121', package_size: '10', package_amount: '0.005', free_units: '10' }, '0.06'),
  price({ model: 'graduated', quantity: '8', tiers: [{ up_to: '10', unit_amount: '5', flat_amount: '0' }] }, '40'),
  price({ model: 'percentage', rate_percent: '0.125', volume: '1000', event_count: 2, fixed_fee_per_event: '0.5' }, '2.25'),
  price({ model: 'percentage', rate_percent: '10', events: ['10', '20.50'], free_volume: '10' }, '2.05'),
  price({ model: 'per_unit', currency: 'KWD', quantity: '1', unit_amount: '0.0015' }, '0.002'),
  price({ model: 'per_unit', quantity: '1400', unit_amount: '10', unit_conversion: { divide_by: '1000', rounding: 'none' } }, '14'),
  price({ model: 'volume', bucket_quantities: ['5', '15'], discount_percent: '10', tiers: [{ up_to: '10', unit_amount: '2', flat_amount: '0' }, { up_to: null, unit_amount: '1', flat_amount: '5' }] }, '27'),
])('$id', (one) => {
  expect(runCase('pricing.json', 'pricing', one)).toMatchObject({ outcome: 'passed', reason: '' })
})

test('a report has a line for each file and kind, the reasons and the first failures', () => {
  const results = [rounding('a', '1', '1'), rounding('b', '1', '2'), { ...rounding('c', '1', '1'), kind: 'other' }].map((one) => runCase('x.json', 'invoice', one))
  expect(summaries(results)).toEqual([
    { file: 'x.json', kind: 'rounding', passed: 1, failed: 1, unsupported: 0, convention: 0 }, { file: 'x.json', kind: 'other', passed: 0, failed: 0, unsupported: 1, convention: 0 },
  ])
  const lines = report(results).split('\n')
  expect(lines[0]).toMatch(/^x\.json +rounding +passed +1 +failed +1 +not supported +0/)
  expect(lines).toContain('  b: rounded is 1.00, expected 2')
  expect(lines).toContain('  x.json: kind other: no function of the engine answers it (c)')
})

test('the command runs any folder and answers 1 when a case fails, 2 when there is nothing to run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const run = (...options: string[]) => spawnSync(process.execPath, ['--import', 'tsx', 'scripts/conformance/main.ts', ...options], { cwd: root, encoding: 'utf8' })
  expect(run(folder)).toMatchObject({ status: 2, stderr: expect.stringContaining('holds no .json file') })
  const write = (...cases: Case[]) => writeFileSync(join(folder, 'bills.json'), JSON.stringify({ schema_version: 1, group: 'invoice', title: '', count: cases.length, cases }))
  write(rounding('a', '1', '1'))
  expect(run(folder, '--json')).toMatchObject({ status: 0, stdout: expect.stringContaining('"passed": 1') })
  write(rounding('a', '1', '2'))
  expect(run(folder).status).toBe(1)
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('npm run conformance') })
  rmSync(folder, { recursive: true })
})
