// Opens the data directory named on the command line and holds it until the process is killed or asked to
// end.
import { openDatabase } from '../index.ts'

const database = await openDatabase({ dataDir: process.argv[2]! })
console.log('open')
process.stdin.once('data', () => void database.close().then(() => process.exit(0)))
