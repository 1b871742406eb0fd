import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedByEngine, Unsupported, WrongAnswer, type Adapter, type Case } from './case.ts'
import { difference } from './comparison.ts'
import { creditAdapters } from './credits.ts'
import { entitlementAdapters } from './entitlement.ts'
import { invoiceAdapters } from './invoice.ts'
import { periodAdapters } from './periods.ts'
import { pricingAdapter } from './pricing.ts'
import { prorationAdapters } from './proration.ts'
import { reading } from './reading.ts'

/** `convention`: the case follows one vendor's rule, and ours differs. */
export type Outcome = 'passed' | 'failed' | 'unsupported' | 'convention'

export interface Result {
  file: string
  kind: string
  id: string
  outcome: Outcome
  /** The reason, unless it passed. */
  reason: string
}

const groups: Record<string, Record<string, Adapter> | Adapter> = {
  pricing: pricingAdapter,
  periods: periodAdapters,
  proration: prorationAdapters,
  invoice: invoiceAdapters,
  entitlement: entitlementAdapters,
  credits: creditAdapters,
}

/** Runs every case of a folder's files. Throws when there are none, or a file has another format. */
export function runFolder(folder: string): Result[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
  if (files.length === 0) throw new Error(`${folder} holds no .json file`)
  return files.flatMap((file) => {
    const { group, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      group?: string
      cases?: Case[]
    }
    if (!Array.isArray(cases)) throw new Error(`${join(folder, file)} has no list of cases`)
    return cases.map((one) => runCase(file, groupOf(group, file), one))
  })
}

function groupOf(group: string | undefined, file: string): string {
  return group !== undefined && group in groups ? group : file.replace(/\.json$/, '')
}

/**
 * Runs one case. A case with a field that its adapter does not read is unsupported, whatever the answer,
 * because the unread field may be what matters.
 */
export function runCase(file: string, group: string, one: Case): Result {
  const kind = one.kind ?? String(one.input.model ?? group)
  const result = (outcome: Outcome, reason = ''): Result => ({ file, kind, id: one.id, outcome, reason })
  const adapters = groups[group]
  const adapter = typeof adapters === 'function' ? adapters : adapters?.[kind]
  if (!adapters) return result('unsupported', `${group}: nothing that makes invoices answers these cases`)
  if (!adapter) return result('unsupported', `kind ${kind}: nothing that makes invoices answers it`)
  const { view, unread } = reading(one.input)
  try {
    const found = answered(adapter, view, one.expected)
    const [field] = unread()
    if (field !== undefined) return result('unsupported', `${field}: not read`)
    if (found === undefined) return result('passed')
    return result(one.rule_specific ? 'convention' : 'failed', found)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return result(error instanceof Unsupported ? 'unsupported' : 'failed', message)
  }
}

/** What is wrong with the answer, or undefined. A rejection gives none of the expected values. */
function answered(adapter: Adapter, input: Case['input'], expected: Case['expected']): string | undefined {
  try {
    const { values, digits } = adapter(input)
    return difference(expected, values, digits)
  } catch (error) {
    if (error instanceof RefusedByEngine || error instanceof WrongAnswer) return error.message
    throw error
  }
}
