import { lockCustomer, readHistory } from '../src/history.ts'
import { rememberDue } from '../src/due.ts'
import { findMistakes } from '../src/index.ts'
import type { World } from '../src/testing.ts'

/** What must hold at every moment, recomputed from the rows in another way than the engine writes them. One sentence per mistake. */
export async function mistakesOf(world: World): Promise<string[]> {
  const mistakes: string[] = []
  for await (const { what, row } of findMistakes(world.billing)) mistakes.push(`${what}: ${row}`)
  return mistakes
}

/** Customers whose due work is remembered for a later instant than it falls due at: it would be done late. (Too early is harmless: it is looked at in vain.) */
export async function rememberedTooLate(world: World, customerIds?: readonly string[]): Promise<string[]> {
  const late: string[] = []
  for (const customerId of customerIds ?? await allCustomers(world)) {
    await world.billing.transaction((tx) => tx.savepoint(async () => {
      const { dueAt } = await lockCustomer(tx, customerId)
      await rememberDue(tx, await readHistory(tx, customerId))
      const now = (await lockCustomer(tx, customerId)).dueAt
      if (now !== null && (dueAt === null || dueAt > now)) late.push(`${customerId}: remembered for ${dueAt}, due at ${now}`)
      throw new TakenBack()
    })).catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error
    })
  }
  return late
}

class TakenBack extends Error {}

async function allCustomers(world: World): Promise<string[]> {
  return (await world.db.asOwner((tx) => tx.query<{ id: string }>('select customer_id as id from customers order by 1'))).map((row) => row.id)
}
