// Acknowledges one row; then every sync of its disk fails.
import { openDataDir } from '../data-dir.ts'
import { nodeFileSystem } from '../wal-sync.ts'

let fails = false
const database = await openDataDir(process.argv[2]!, {
  ...nodeFileSystem,
  fsyncSync(descriptor, path) {
    if (fails) throw new Error('input/output error')
    nodeFileSystem.fsyncSync(descriptor, path)
  },
})
await database.asOwner((tx) => tx.query('create table kept (n int); insert into kept values (1)'))
console.log('acknowledged')
fails = true
// More than one segment of the log: the engine creates the next one and syncs it by itself.
await database.asOwner((tx) => tx.query(`insert into kept select n from generate_series(2, 400000) n`))
console.log('never reached')
