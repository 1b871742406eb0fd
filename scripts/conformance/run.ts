import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedByEngine, Unsupported, type Adapter, type Case } from './case.ts'
import { difference } from './comparison.ts'
import { invoiceAdapters } from './invoice.ts'
import { periodAdapters } from './periods.ts'
import { ratePricingCase } from './pricing.ts'
import { prorationAdapters } from './proration.ts'

/** `convention`: the case follows one vendor's rule, and ours is another. */
export type Outcome = 'passed' | 'failed' | 'unsupported' | 'convention'

export interface Result {
  file: string
  kind: string
  id: string
  outcome: Outcome
  /** Why, unless it passed. */
  reason: string
}

const groups: Record<string, Record<string, Adapter> | Adapter> = { pricing: ratePricingCase, periods: periodAdapters, proration: prorationAdapters, invoice: invoiceAdapters }

/** Runs every case of every file of a folder. Throws where the folder has none, or a file is not of the format. */
export function runFolder(folder: string): Result[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
  if (files.length === 0) throw new Error(`${folder} holds no .json file`)
  return files.flatMap((file) => {
    const { group, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { group?: string; cases?: Case[] }
    if (!Array.isArray(cases)) throw new Error(`${join(folder, file)} has no list of cases`)
    return cases.map((one) => runCase(file, groupOf(group, file), one))
  })
}

function groupOf(group: string | undefined, file: string): string {
  return group !== undefined && group in groups ? group : file.replace(/\.json$/, '')
}

export function runCase(file: string, group: string, one: Case): Result {
  const kind = one.kind ?? String(one.input.model ?? group)
  const told = (outcome: Outcome, reason = ''): Result => ({ file, kind, id: one.id, outcome, reason })
  const adapters = groups[group]
  const adapter = typeof adapters === 'function' ? adapters : adapters?.[kind]
  if (!adapters) return told('unsupported', `${group}: the engine has no public function for these cases`)
  if (!adapter) return told('unsupported', `kind ${kind}: no function of the engine answers it`)
  try {
    const { values, digits } = adapter(one.input)
    const found = difference(one.expected, values, digits)
    if (found === undefined) return told('passed')
    return one.rule_specific ? told('convention', found) : told('failed', found)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof Unsupported) return told('unsupported', message)
    if (error instanceof RefusedByEngine && one.rule_specific) return told('convention', message)
    return told('failed', message)
  }
}
