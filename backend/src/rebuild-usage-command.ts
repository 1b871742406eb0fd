import { rebuildUsage, type Engine } from '@customer-portal/billing'
import { runCommand } from './command.ts'
import { assertBooks, onBooks } from './database-command.ts'
import { loadSettings } from './environment.ts'

const usage = `Makes the sums of usage anew from the events: days, different values, break-downs, and with them what quotas count.

  npm run rebuild-usage               makes them anew, one customer at a time, and prints each row that was wrong
  npm run rebuild-usage -- --check    changes nothing; where a row is wrong it is named and the exit code is 1

Works on DATABASE_URL, also while servers run on it, or on the folder DATA_DIR while none does.
`

/** Prints each row that is wrong, and how many; answers the exit code. */
async function rebuild(engine: Engine, { check }: { check: boolean }): Promise<number> {
  let customers = 0
  let wrong = 0
  for await (const { customerId, row, was, shouldBe } of rebuildUsage(engine, {
    check,
    onCustomer: () => {
      customers += 1
    },
  })) {
    wrong += 1
    process.stdout.write(
      `customer ${customerId}: ${row}: ${was ?? 'no such row'}, its events say `
        + `${shouldBe ?? 'no such row'}\n`,
    )
  }
  const rows = `${wrong} ${wrong === 1 ? 'row' : 'rows'}`
  process.stdout.write(
    `${customers} ${customers === 1 ? 'customer' : 'customers'} counted again: `
      + `${wrong === 0 ? 'every row is what its events say' : check ? `${rows} differ` : `${rows} mended`}.\n`,
  )
  return check && wrong > 0 ? 1 : 0
}

await runCommand({
  usage,
  flags: { check: { type: 'boolean', default: false } },
  hasWords: false,
  async run({ flags: { check } }) {
    const settings = loadSettings()
    assertBooks(settings)
    return onBooks(settings, { work: (engine) => rebuild(engine, { check }) })
  },
})
