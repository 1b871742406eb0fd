import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { findPostgres, startPostgres } from '../../scripts/postgres.mjs'
import { inCi } from '../../scripts/project.mjs'
import { customers, seedOver } from './testing/recording-clients.ts'
import { key, serverProcess } from './testing/server-process.ts'

const customerId = customers[0]!

/** Runs a command that needs root: as root, or in CI with a sudo that asks for no password. */
function asRoot(...command: string[]): void {
  const [program = '', ...parameters] =
    inCi && process.getuid?.() !== 0 ? ['sudo', '-n', ...command] : command
  execFileSync(program, parameters, { stdio: 'pipe' })
}

/** Mounts a small disk; undefined where this user may not mount one. */
function smallDisk(megabytes: number): { folder: string; freeBytes(): number; remove(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  try {
    const { uid, gid } = statSync(folder)
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755,uid=${uid},gid=${gid}`, 'tmpfs', folder)
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  return {
    folder,
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    remove() {
      asRoot('umount', '-l', folder)
      rmSync(folder, { recursive: true })
    },
  }
}

/**
 * A PostgreSQL server with a database on that disk: its rows, not its log, as a server should be set up. Of
 * its own, because a full disk blocks the whole server's checkpoints.
 */
async function postgresOn(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const { url, stop } = await startPostgres((await findPostgres())!)
  const place = join(folder, 'rows')
  mkdirSync(place)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const {
    rows: [server],
  } = await client.query<{ folder: string }>("select current_setting('data_directory') as folder")
  const { uid, gid } = statSync(server!.folder)
  chownSync(place, uid, gid)
  for (const statement of [
    `create tablespace small location '${place}'`,
    'create database small tablespace small',
  ])
    await client.query(statement)
  await client.end()
  const own = new URL(url)
  own.pathname = '/small'
  return { url: own.href, stop }
}

const mib = 2 ** 20
/** `left`: room that is taken away before. PGlite reserves 64 MB. */
const kinds = [
  { name: 'PGlite', size: 220, left: 67 * mib },
  ...((await findPostgres()) ? [{ name: 'PostgreSQL', size: 64, left: 2 * mib }] : []),
]

test.for(kinds)(
  'on a full disk $name answers 503 and reports it at /readyz, reads continue, and writes do once there is room',
  { timeout: 120_000 },
  async ({ name, size, left }, { skip }) => {
    const disk = smallDisk(size)
    if (!disk) return skip('no disk can be mounted here (that takes root): a full one was not tried')
    const postgres = name === 'PGlite' ? undefined : await postgresOn(disk.folder)
    const server = await serverProcess(
      postgres ? { DATABASE_URL: postgres.url } : { DATA_DIR: join(disk.folder, 'data') },
    )
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return {
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        body: (await answer.json()) as Record<string, unknown>,
      }
    }
    let sent = 0
    const record = () => {
      sent += 1
      return call(
        'POST',
        '/api/billing/events',
        Array.from({ length: 500 }, (_, place) => ({
          id: `e${sent}-${place}`,
          customerId,
          meter: 'ai_chat',
          quantity: 1,
          properties: { note: 'x'.repeat(400) },
        })),
      )
    }
    const used = async () =>
      (
        (await call('GET', `/api/billing/customers/${customerId}/usage`)).body['meters'] as {
          meter: string
          used: number
        }[]
      ).find(({ meter }) => meter === 'ai_chat')!.used
    try {
      await server.start()
      await seedOver(server.url)
      const before = await used()
      expect((await record()).body).toMatchObject({ accepted: 500 })
      const ballast = join(disk.folder, 'ballast')
      writeFileSync(ballast, Buffer.alloc(Math.max(0, disk.freeBytes() - left)))
      let accepted = 500
      let refused
      while (!refused && sent < 100) {
        const answer = await record()
        if (answer.status === 200) accepted += 500
        else refused = answer
      }
      expect(refused).toMatchObject({
        status: 503,
        retryAfter: expect.stringMatching(/^\d+$/) as string,
        body: { code: 'database_full', detail: expect.stringContaining('no room to write') as string },
      })
      expect(await call('GET', '/readyz')).toMatchObject({ status: 503, body: { code: 'database_full' } })
      // The server stays up, however often it is tried, and acknowledged rows can be read.
      for (let again = 0; again < 5; again += 1) expect((await record()).status).toBe(503)
      expect((await call('GET', '/healthz')).status).toBe(200)
      expect(await used()).toBe(before + accepted)
      rmSync(ballast)
      expect((await call('GET', '/readyz')).status).toBe(200)
      expect((await record()).body).toMatchObject({ accepted: 500 })
      expect(await used()).toBe(before + accepted + 500)
    } finally {
      await server.end()
      await postgres?.stop()
      disk.remove()
    }
  },
)
