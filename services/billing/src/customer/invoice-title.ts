/** The buyer of a Chinese tax invoice (发票). */
export interface InvoiceTitle {
  kind: 'company' | 'personal'
  title: string
  taxId?: string
  address?: string
  phone?: string
  bankName?: string
  bankAccount?: string
}
