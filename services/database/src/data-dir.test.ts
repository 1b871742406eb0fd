import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { reservedBytes, openDataDir } from './data-dir.ts'
import { DatabaseFull, DatabaseUnavailable, openDatabase, type Database } from './index.ts'
import { start } from './test-programs/start.ts'
import { createDataDir } from './testing.ts'
import { nodeFileSystem, type SyncFileSystem } from './wal-sync.ts'

const patience = { timeout: 300_000 }
const billing = { role: 'billing' } as const

const folders: string[] = []
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-dir-'))
  folders.push(folder)
  return folder
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

describe('two processes', () => {
  test('the second cannot open the directory until the first has ended or was killed', patience, async () => {
    const dataDir = newFolder()
    const first = await start('hold.ts', dataDir)
    await first.until((printed) => printed.includes('open'))
    await expect(openDatabase({ dataDir })).rejects.toThrow(`held by process ${first.pid}`)
    await first.end()

    const second = await start('hold.ts', dataDir)
    await second.until((printed) => printed.includes('open'))
    await second.kill()
    await (await openDatabase({ dataDir })).close()
  })
})

describe('a process killed while it writes', () => {
  test('loses no acknowledged row', patience, async () => {
    const dataDir = newFolder()
    await createDataDir(dataDir, {})
    const writer = await start('write.ts', dataDir)
    await writer.until((printed) => printed.split('\n').length > 500)
    await writer.kill()
    const acknowledged = writer.printed().trimEnd().split('\n').map(Number)

    const database = await openDatabase({ dataDir })
    const rows = await database.asOwner((tx) => tx.query<{ n: number }>('select n from kept'))
    await database.close()
    const kept = new Set(rows.map((row) => row.n))
    expect(acknowledged.length).toBeGreaterThanOrEqual(500)
    expect(acknowledged.filter((n) => !kept.has(n))).toEqual([])
  })
})

describe('a disk that fails during a write', () => {
  test(
    'ends the process with a message, and the next start has every acknowledged row',
    patience,
    async () => {
      const dataDir = newFolder()
      await createDataDir(dataDir, {})
      const writer = await start('failing-disk.ts', dataDir)
      expect(await writer.ended).toBe(1)
      expect(writer.printed()).toMatch(
        /acknowledged.*\nThe disk with the data directory does not take writes.*start again/,
      )

      const database = await openDatabase({ dataDir })
      expect(await database.asOwner((tx) => tx.query('select n from kept'))).toEqual([{ n: 1 }])
      await database.close()
    },
  )
})

describe('a disk that is nearly full', () => {
  test(
    'rejects writes before the engine itself runs out of room; reads continue, and writes do once there is room',
    patience,
    async () => {
      let free = reservedBytes
      const database = await openDataDir(newFolder(), { ...nodeFileSystem, freeBytes: () => free })
      await database.asOwner((tx) =>
        tx.query('create role billing; create table t (n int); grant all on t to billing'),
      )
      const insert = (n: number) =>
        database.transaction(billing, (tx) => tx.query('insert into t values ($1)', [n]))
      const read = () =>
        database.transaction(billing, (tx) => tx.query<{ n: number }>('select n from t order by n'), {
          readOnly: true,
        })
      await insert(1)
      free -= 1
      await expect(insert(2)).rejects.toThrow(DatabaseFull)
      await expect(database.ping()).rejects.toThrow(DatabaseFull)
      expect(await read()).toEqual([{ n: 1 }])
      free += 1
      await database.ping()
      await insert(3)
      expect(await read()).toEqual([{ n: 1 }, { n: 3 }])
      await database.close()
    },
  )
})

describe('the write-ahead log', () => {
  let database: Database
  const log: string[] = []
  let diskFails = false

  /** The real file system, slowed down, recording when each sync begins and ends. */
  const watched: SyncFileSystem = {
    ...nodeFileSystem,
    async open(path, flags) {
      const file = await nodeFileSystem.open(path, flags)
      return {
        sync: () => file.sync(),
        close: () => file.close(),
        async datasync() {
          if (diskFails) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
          log.push('sync begins')
          await new Promise((resolve) => setTimeout(resolve, 30))
          await file.datasync()
          log.push('sync ends')
        },
      }
    },
  }

  beforeAll(async () => {
    const dataDir = newFolder()
    await createDataDir(dataDir, {})
    database = await openDataDir(dataDir, watched)
    await database.asOwner((tx) => tx.query('create table t (n int); grant all on t to billing'))
  })
  beforeEach(() => {
    log.length = 0
  })
  afterAll(() => database.close())

  const insert = (n: number) =>
    database
      .transaction(billing, async (tx) => {
        await tx.query('insert into t values ($1)', [n])
        log.push('written')
      })
      .then(() => log.push('answered'))

  test('is synced before a write is acknowledged', async () => {
    await insert(1)
    expect(log).toEqual(['written', 'sync begins', 'sync ends', 'answered'])
  })

  test('is synced once for many writers, and each of them waits for a sync that began after its write', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => insert(n)))
    expect(log.filter((event) => event === 'sync ends').length).toBeLessThan(10)
    const lastWrite = log.lastIndexOf('written')
    expect(log.indexOf('sync begins', lastWrite)).toBeGreaterThan(lastWrite)
    expect(log.slice(-1)).toEqual(['answered'])
    log.forEach((event, index) => {
      if (event !== 'answered') return
      const answersBefore = log.slice(0, index).filter((earlier) => earlier === 'answered').length
      const syncEnd = log.lastIndexOf('sync ends', index)
      const syncBegin = log.lastIndexOf('sync begins', syncEnd)
      const writesOnDisk = log.slice(0, syncBegin).filter((earlier) => earlier === 'written').length
      expect(writesOnDisk).toBeGreaterThan(answersBefore)
    })
  })

  test('delays no reader, except one that read rows that are not synced yet', async () => {
    const read = () =>
      database.transaction(billing, (tx) => tx.query('select count(*) from t'), { readOnly: true })
    await read()
    expect(log).toEqual([])
    const writing = insert(100)
    await read()
    log.push('read')
    await writing
    expect(log.indexOf('sync ends')).toBeLessThan(log.indexOf('read'))
  })

  test('never acknowledges a write whose sync failed, and nothing is written after it', async () => {
    diskFails = true
    await expect(insert(200)).rejects.toThrow(DatabaseUnavailable)
    diskFails = false
    await expect(insert(201)).rejects.toThrow(/restart/)
    await expect(database.ping()).rejects.toThrow(DatabaseUnavailable)
  })
})
