// Writes rows endlessly, several at a time, and prints each number once its transaction was acknowledged.
import { writeSync } from 'node:fs'
import { openDatabase } from '../index.ts'

const database = await openDatabase({ dataDir: process.argv[2]! })
await database.asOwner((tx) =>
  tx.query('create table if not exists kept (n int primary key); grant insert on kept to billing'),
)
let next = 0
const writer = async () => {
  for (;;) {
    const n = next++
    await database.transaction({ role: 'billing' }, (tx) => tx.query('insert into kept values ($1)', [n]))
    writeSync(1, `${n}\n`)
  }
}
await Promise.all([writer(), writer(), writer(), writer()])
