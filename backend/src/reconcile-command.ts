import { findMistakes, type listMistakes } from '@customer-portal/billing'
import { runCommand } from './command.ts'
import { assertBooks, onBooks, type BooksWork } from './database-command.ts'
import { loadSettings } from './environment.ts'
import { askServer } from './running-server.ts'

type MistakePage = Awaited<ReturnType<typeof listMistakes>>
type Mistake = MistakePage['data'][number]

const usage = `Proves the books from the rows: usage, rollups, invoices and their hashes, account credit, numbers, phases.

  npm run reconcile

Works on DATABASE_URL, also while servers run on it, or on the folder DATA_DIR. While a server holds the folder, it is asked: at http://HOST:PORT
of the settings, with BILLING_API_KEY (a secret key with the scope admin). Prints each row that breaks a rule; then the exit code is 1.
Changes nothing.
`

function show({ customerId, what, row }: Mistake): void {
  process.stdout.write(
    `${customerId === null ? 'all customers' : `customer ${customerId}`}: ${what}: ${row}\n`,
  )
}

function summary(customers: number, broken: number): number {
  process.stdout.write(
    `${customers} ${customers === 1 ? 'customer' : 'customers'} reconciled: `
      + `${broken === 0 ? 'everything adds up' : `${broken} ${broken === 1 ? 'row breaks' : 'rows break'} a rule`}.\n`,
  )
  return broken === 0 ? 0 : 1
}

const proof: BooksWork<number> = {
  async work(engine) {
    let customers = 0
    let broken = 0
    for await (const mistake of findMistakes(engine, {
      onCustomer: () => {
        customers += 1
      },
    })) {
      broken += 1
      show(mistake)
    }
    return summary(customers, broken)
  },
  async ask(server, why) {
    let customers = 0
    let broken = 0
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: MistakePage = await askServer(
        server,
        {
          method: 'GET',
          path: `/api/billing/reconciliation?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
        },
        why,
      )
      page.data.forEach(show)
      customers += page.customers
      broken += page.data.length
      cursor = page.nextCursor
    }
    return summary(customers, broken)
  },
}

await runCommand({
  usage,
  flags: {},
  hasWords: false,
  async run() {
    const settings = loadSettings()
    assertBooks(settings)
    return onBooks(settings, proof)
  },
})
