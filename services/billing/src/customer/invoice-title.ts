/** Whom the Chinese tax invoice (发票) is made out to. */
export interface InvoiceTitle {
  kind: 'company' | 'personal'
  title: string
  taxId?: string
  address?: string
  phone?: string
  bankName?: string
  bankAccount?: string
}
