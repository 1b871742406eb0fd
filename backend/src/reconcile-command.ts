import { findMistakes } from '@customer-portal/billing'
import { runOnBooks } from './database-command.ts'

const usage = `Proves the books from the rows: usage, rollups, invoices and their hashes, account credit, numbers, stretches.

  npm run reconcile

Works on DATABASE_URL, or on the folder DATA_DIR while no server runs on it. Prints each row that breaks a rule; then the exit
code is 1. Changes nothing.
`

await runOnBooks({
  usage,
  async work(billing) {
    let customers = 0
    let broken = 0
    for await (const { customerId, what, row } of findMistakes(billing, { onCustomer: () => { customers += 1 } })) {
      broken += 1
      process.stdout.write(`${customerId === null ? 'all customers' : `customer ${customerId}`}: ${what}: ${row}\n`)
    }
    process.stdout.write(`${customers} ${customers === 1 ? 'customer' : 'customers'} reconciled: ${broken === 0 ? 'everything adds up' : `${broken} ${broken === 1 ? 'row breaks' : 'rows break'} a rule`}.\n`)
    return broken === 0 ? 0 : 1
  },
})
