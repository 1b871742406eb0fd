import { sqlState } from '@customer-portal/database'
import { sharedBy, type Engine, type BillingTransaction } from '../engine.ts'
import { BillingError } from '../errors.ts'
import { isCustomerId } from './customer-id.ts'
import type { Instant } from '../values/instant.ts'
import { lockCustomer } from './customer.ts'

/** An additional id of a customer: events and calls that use it are the customer's. */
export interface Alias {
  alias: string
  createdAt: Instant
}

/** Maximum number of aliases per customer, so that their list is bounded. */
export const maxAliases = 100

/** Throws validation_failed where a text cannot be a customer's id or alias. */
export function checkCustomerId(id: string, pointer: string): void {
  if (isCustomerId(id)) return
  throw new BillingError('validation_failed', {
    pointer,
    message:
      `${JSON.stringify(id)} cannot be the id of a customer: 1 to 128 printable characters, `
      + `not '.' or '..', without control or direction characters`,
  })
}

/**
 * Adds an alias to a customer. Idempotent. Throws customer_not_found, alias_taken where it is another
 * customer's id or alias, and too_many_aliases beyond 100.
 */
export async function putAlias(engine: Engine, input: { customerId: string; alias: string }): Promise<Alias> {
  checkCustomerId(input.alias, ':alias')
  try {
    return await engine.transaction(async (tx) => {
      await lockCustomer(tx, input.customerId)
      const known = await aliasesOf(tx, input.customerId)
      const before = known.find((one) => one.alias === input.alias)
      if (before) return before
      if (known.length >= maxAliases) {
        throw new BillingError('too_many_aliases', {
          message: `customer '${input.customerId}' has ${maxAliases} aliases already: delete one first`,
        })
      }
      const alias = { alias: input.alias, createdAt: tx.at }
      await tx.query('insert into customer_aliases (alias, customer_id, created_at) values ($1, $2, $3)', [
        alias.alias,
        input.customerId,
        alias.createdAt,
      ])
      return alias
    })
  } catch (error) {
    if (!isNameTaken(error)) throw error
    throw new BillingError('alias_taken', {
      pointer: ':alias',
      message: `'${input.alias}' is the id or an alias of a customer already`,
    })
  }
}

/** Deletes an alias; what was recorded with it stays. Throws customer_not_found, alias_not_found. */
export async function deleteAlias(
  engine: Engine,
  input: { customerId: string; alias: string },
): Promise<void> {
  await engine.transaction(async (tx) => {
    await lockCustomer(tx, input.customerId)
    const deleted = await tx.query(
      'delete from customer_aliases where customer_id = $1 and alias = $2 returning alias',
      [input.customerId, input.alias],
    )
    if (deleted.length === 0)
      throw new BillingError('alias_not_found', {
        message: `customer '${input.customerId}' has no alias '${input.alias}'`,
      })
  })
}

/** Lists the aliases of a customer, oldest first, at most 100. Throws customer_not_found. */
export async function listAliases(engine: Engine, input: { customerId: string }): Promise<{ data: Alias[] }> {
  return engine.transaction(async (tx) => ({ data: await aliasesOf(tx, input.customerId) }), {
    readOnly: true,
  })
}

const uniqueViolation = '23505'

/** Whether the database rejected a name because it is an id or alias already. */
export const isNameTaken = (error: unknown) => sqlState(error) === uniqueViolation

async function aliasesOf(tx: BillingTransaction, customerId: string): Promise<Alias[]> {
  const rows = await tx.query<{ alias: string | null; createdAt: Instant }>(
    `select a.alias, a.created_at as "createdAt"
      from customers c
      left join customer_aliases a on a.customer_id = c.customer_id
      where c.customer_id = $1
      order by a.created_at, a.alias`,
    [customerId],
  )
  if (rows.length === 0)
    throw new BillingError('customer_not_found', {
      customerId,
      message: `there is no customer '${customerId}'`,
    })
  return rows.filter((row): row is Alias => row.alias !== null)
}

/** Cache of existing customers' ids: they never change, so one look-up is enough. */
const knownIds = () => new Set<string>()
const maxCachedIds = 20_000

/** Returns the id of the customer that has a name as id or alias; the name itself where nobody has it. */
export async function customerIdOf(engine: Engine, name: string): Promise<string> {
  const known = sharedBy(engine, knownIds)
  if (known.has(name)) return name
  const [row] = await engine.transaction(
    (tx) =>
      tx.query<{ customerId: string }>(
        `select customer_id as "customerId" from customers where customer_id = $1
     union all select customer_id from customer_aliases where alias = $1`,
        [name],
      ),
    { readOnly: true },
  )
  if (!row) return name
  if (known.size >= maxCachedIds) known.clear()
  known.add(row.customerId)
  return row.customerId
}
