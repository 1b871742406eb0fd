import type { Invoice } from '@customer-portal/portal-api/contract'

type Range = Invoice['period'] | NonNullable<Invoice['billedPeriods']['fee']>

/** The periods a document bills: of its fee and of its usage when they differ, otherwise its own. */
export function periodsOf({
  period,
  billedPeriods: { fee, usage },
}: Pick<Invoice, 'period' | 'billedPeriods'>): { of: 'fee' | 'usage' | 'all'; range: Range }[] {
  if (fee && usage && (fee.start !== usage.start || fee.end !== usage.end))
    return [
      { of: 'fee', range: fee },
      { of: 'usage', range: usage },
    ]
  return [{ of: 'all', range: fee ?? usage ?? period }]
}
