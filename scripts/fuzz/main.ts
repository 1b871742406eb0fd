import { openDatabase } from '@customer-portal/database'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { apis, fuzzedServer, type Api } from './run.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string' },
    api: { type: 'string', multiple: true },
  },
})
const chosen = (values.api ?? apis) as Api[]
const folder = await mkdtemp(join(tmpdir(), 'fuzz-'))
const database = await openDatabase({ dataDir: folder })
try {
  const { server, fuzz } = await fuzzedServer(database)
  for (const api of chosen) {
    const began = performance.now()
    const statuses = await fuzz(api, {
      runs: Number(values.runs),
      seed: values.seed === undefined ? undefined : Number(values.seed),
    })
    const counts = [...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')
    process.stdout.write(
      `${api}: ${values.runs} requests in ${((performance.now() - began) / 1000).toFixed(0)} s: ${counts}\n`,
    )
  }
  await server.close()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
