import type { Engine, BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { assertDrawable } from '../invoicing/pdf/typesetting/logo.ts'
import { isTimeZone } from '../values/zone.ts'

/** The issuer of invoices, as printed on them. Invoice numbers count months in its time zone. */
export interface Seller {
  name: string
  nameEn?: string
  taxId: string
  address: string
  phone: string
  bankName: string
  bankAccount: string
  timezone: string
  logo?: string
  /** `#rrggbb`: headings and the amount due on the invoice. */
  brandColor?: string
  /** Whether documents whose lines are all 0 are issued. */
  zeroInvoices?: boolean
}

/** The seller as documents store it: the printed fields. */
export type SellerOnDocument = Omit<Seller, 'zeroInvoices'>

export function onDocument({ zeroInvoices: _, ...printed }: Seller): SellerOnDocument {
  return printed
}

/**
 * Sets the seller's details after rendering the logo once as a check. Issued invoices keep the details they
 * were issued with. Throws invalid_time_zone, invalid_logo.
 */
export async function putSeller(engine: Engine, seller: Seller): Promise<Seller> {
  if (!isTimeZone(seller.timezone))
    throw new BillingError('invalid_time_zone', {
      pointer: '/timezone',
      timezone: seller.timezone,
      message: `'${seller.timezone}' is not an IANA time zone`,
    })
  if (seller.logo !== undefined) await assertDrawable(seller.logo)
  await engine.transaction((tx) =>
    tx.query(
      `insert into seller (details, updated_at)
        values ($1, $2)
        on conflict (only_row) do update set details = excluded.details, updated_at = excluded.updated_at`,
      [JSON.stringify(seller), tx.at],
    ),
  )
  return seller
}

/** Returns the seller. Throws not_found while none is set. */
export async function getSeller(engine: Engine): Promise<Seller> {
  const seller = await engine.transaction(findSeller, { readOnly: true })
  if (!seller) throw new BillingError('not_found', { message: 'no seller is set: PUT /api/billing/seller' })
  return seller
}

/**
 * Returns the time zone in which invoice numbers count months and lists across customers read dates;
 * Asia/Shanghai while no seller is set.
 */
export async function zoneOfSeller(tx: BillingTransaction): Promise<string> {
  return (await findSeller(tx))?.timezone ?? 'Asia/Shanghai'
}

export async function findSeller(tx: BillingTransaction): Promise<Seller | undefined> {
  const [row] = await tx.query<{ details: Seller }>('select details from seller')
  return row?.details
}
