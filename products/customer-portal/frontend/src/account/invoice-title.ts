import type { Account, InvoiceTitle } from '@customer-portal/portal-api/contract'
import { normalizeTaxId } from './tax-id.ts'

export type TitleValues = { kind: 'company' | 'personal' } & Record<
  'title' | 'taxId' | 'address' | 'phone' | 'bankName' | 'bankAccount',
  string
>

/** The invoice title as the form's texts. */
export function readTitle({ invoiceTitle, companyName }: Account): TitleValues {
  return {
    kind: invoiceTitle?.kind ?? 'company',
    title: invoiceTitle?.title ?? companyName,
    taxId: invoiceTitle?.taxId ?? '',
    address: invoiceTitle?.address ?? '',
    phone: invoiceTitle?.phone ?? '',
    bankName: invoiceTitle?.bankName ?? '',
    bankAccount: invoiceTitle?.bankAccount ?? '',
  }
}

/**
 * The form's texts as an invoice title; empty fields, and those that do not apply to a person, are omitted.
 */
export function writeTitle(values: TitleValues): InvoiceTitle {
  const title: InvoiceTitle = { kind: values.kind, title: values.title.trim() }
  if (values.kind === 'personal') return title
  const taxId = normalizeTaxId(values.taxId)
  if (taxId) title.taxId = taxId
  for (const name of ['address', 'phone', 'bankName', 'bankAccount'] as const) {
    const text = values[name].trim()
    if (text) title[name] = text
  }
  return title
}
