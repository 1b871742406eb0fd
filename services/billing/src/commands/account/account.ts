import { checkCustomerId, isNameTaken } from '../../customer/alias.ts'
import type { Engine, BillingTransaction } from '../../engine.ts'
import { recordActivity } from '../../activity/activity.ts'
import { onCustomer, scheduleNext } from '../../billing-run/run.ts'
import { BillingError } from '../../errors.ts'
import { readBillingState } from '../../subscription/state.ts'
import { isCurrency } from '../../values/money.ts'
import { checkContractTerms, type ContractTerms } from '../../customer/contract-terms.ts'
import { isTaxId } from '../../customer/tax-id.ts'
import { beginningOfTime, isTimeZone } from '../../values/zone.ts'
import { accountOf, type Account, type CustomerDetails } from '../../customer/account.ts'
import { changeTimeZone } from '../../subscription/time-zone-change.ts'

/** Creates a customer with the defaults CNY, Asia/Shanghai and zh-CN. Throws customer_exists. */
export async function createCustomer(
  engine: Engine,
  input: Partial<CustomerDetails & ContractTerms> & { id?: string; companyName: string; currency?: string },
): Promise<Account> {
  checkDetails(input)
  if (input.id !== undefined) checkCustomerId(input.id, '/id')
  const currency = input.currency ?? 'CNY'
  if (!isCurrency(currency))
    throw new BillingError('invalid_currency', {
      pointer: '/currency',
      currency,
      message: `'${currency}' is not an ISO 4217 currency`,
    })
  return engine
    .transaction(async (tx) => {
      const customerId = input.id ?? tx.newId('cus')
      const created = await tx.query(
        `insert into customers (
            customer_id, company_name, contact_name, email, phone, address, locale, currency, invoice_title,
            payment_terms_days, purchase_order_number, version, created_at
          )
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)
          on conflict (customer_id) do nothing
          returning customer_id`,
        [
          customerId,
          input.companyName,
          input.contactName ?? null,
          input.email ?? null,
          input.phone ?? null,
          input.address ?? null,
          input.locale ?? 'zh-CN',
          currency,
          input.invoiceTitle ? JSON.stringify(input.invoiceTitle) : null,
          input.paymentTermsDays ?? null,
          input.purchaseOrderNumber ?? null,
          tx.at,
        ],
      )
      if (created.length === 0) throw customerExists(customerId)
      await tx.query('insert into customer_timezones (customer_id, from_on, timezone) values ($1, $2, $3)', [
        customerId,
        beginningOfTime,
        input.timezone ?? 'Asia/Shanghai',
      ])
      await recordActivity(tx, { type: 'account.created', customerId, subjectId: customerId })
      return accountOf(tx, customerId)
    })
    .catch((error: unknown) => {
      throw isNameTaken(error) ? customerExists(input.id!) : error
    })
}

function customerExists(customerId: string): BillingError {
  return new BillingError('customer_exists', {
    pointer: '/id',
    customerId,
    message: `there is a customer '${customerId}' already`,
  })
}

/**
 * Changes the given fields. With `version`, throws stale_version unless it is the current one. A new time
 * zone applies from the next usage period, because a period keeps its dates.
 */
export async function updateCustomer(
  engine: Engine,
  input: Partial<CustomerDetails & ContractTerms> & { customerId: string; version?: number },
): Promise<Account> {
  checkDetails(input)
  // What fell due before is issued with the old details.
  return onCustomer(engine, input.customerId, {}, async (tx, { customer: before }) => {
    if (input.version !== undefined && input.version !== before.version) {
      throw new BillingError('stale_version', {
        pointer: '/version',
        current: before.version,
        message:
          `the account was changed since version ${input.version} was read: `
          + `read it again (it is ${before.version} now)`,
      })
    }
    const after = { ...before, ...givenFields(input) }
    await tx.query(
      `update customers
        set company_name = $2, contact_name = $3, email = $4, phone = $5, address = $6, locale = $7,
          invoice_title = $8, version = version + 1
        where customer_id = $1`,
      [
        input.customerId,
        after.companyName,
        after.contactName,
        after.email,
        after.phone,
        after.address,
        after.locale,
        after.invoiceTitle ? JSON.stringify(after.invoiceTitle) : null,
      ],
    )
    if (input.paymentTermsDays !== undefined || input.purchaseOrderNumber !== undefined)
      await writeContractTerms(tx, { ...before, ...givenTerms(input) })
    if (input.timezone !== undefined) {
      await changeTimeZone(tx, input.customerId, input.timezone)
      // The period now ends at another midnight, so work that waits for its end is due then.
      await scheduleNext(tx, await readBillingState(tx, input.customerId))
    }
    await recordActivity(tx, {
      type: 'account.updated',
      customerId: input.customerId,
      subjectId: input.customerId,
    })
    return accountOf(tx, input.customerId)
  })
}

function givenFields(input: Partial<CustomerDetails>): Partial<CustomerDetails> {
  const { companyName, contactName, email, phone, address, locale, invoiceTitle } = input
  const fields = Object.entries({ companyName, contactName, email, phone, address, locale, invoiceTitle })
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

function givenTerms({
  paymentTermsDays,
  purchaseOrderNumber,
}: Partial<ContractTerms>): Partial<ContractTerms> {
  return {
    ...(paymentTermsDays === undefined ? {} : { paymentTermsDays }),
    ...(purchaseOrderNumber === undefined ? {} : { purchaseOrderNumber }),
  }
}

/** A statement of its own: the portal's role may not change these columns. */
async function writeContractTerms(
  tx: BillingTransaction,
  { customerId, paymentTermsDays, purchaseOrderNumber }: ContractTerms & { customerId: string },
): Promise<void> {
  await tx.query(
    'update customers set payment_terms_days = $2, purchase_order_number = $3 where customer_id = $1',
    [customerId, paymentTermsDays, purchaseOrderNumber],
  )
}

function checkDetails(input: Partial<CustomerDetails & ContractTerms>): void {
  checkContractTerms(input)
  if (input.timezone !== undefined && !isTimeZone(input.timezone)) {
    throw new BillingError('invalid_time_zone', {
      pointer: '/timezone',
      timezone: input.timezone,
      message: `'${input.timezone}' is not an IANA time zone such as Asia/Shanghai`,
    })
  }
  const title = input.invoiceTitle
  if (!title) return
  if (title.kind === 'company' && !title.taxId)
    throw new BillingError('invalid_tax_id', {
      pointer: '/invoiceTitle/taxId',
      message: 'a company title needs its 18-character unified social credit code',
    })
  if (title.kind === 'company' && title.taxId && !isTaxId(title.taxId)) {
    throw new BillingError('invalid_tax_id', {
      pointer: '/invoiceTitle/taxId',
      message:
        `'${title.taxId}' is not a unified social credit code (GB 32100-2015): 18 characters, `
        + 'the last one a check character',
    })
  }
}
