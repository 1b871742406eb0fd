import {
  createSecretKey,
  grantableScopes,
  keyPresets,
  listSecretKeys,
  revokeSecretKey,
  rotateSecretKey,
  type Engine,
  type Page,
} from '@customer-portal/billing'
import { runCommand, serverFlags, WrongCall, type Call } from './command.ts'
import { onBooks } from './database-command.ts'
import { loadSettings } from './environment.ts'
import { Refused } from './refusal.ts'
import { askServer, type RunningServer } from './running-server.ts'

const usage = `The secret keys of the vendor's API.

  npm run keys -- list
  npm run keys -- create --name <what it is for> [--preset read|events|full | --scopes <scope,scope>] [--expires <instant>]
  npm run keys -- rotate <key id> [--overlap <hours>]     a key that may do the same; the old one ends after so many hours (24)
  npm run keys -- revoke <key id>                         ends it: when the command has ended, no server accepts it

Presets: read looks at everything; events sends usage and asks for quota; full (when nothing is said) does everything.
Scopes: ${grantableScopes.join(', ')}.
Works on DATABASE_URL, also while servers run on it. While a server holds the folder DATA_DIR, it is asked: --url is its address
(http://HOST:PORT of the settings when absent) and --key a secret key with the scope admin (BILLING_API_KEY when absent).
`

type KeyInput = Parameters<typeof createSecretKey>[1]
type SecretKey = Awaited<ReturnType<typeof revokeSecretKey>>

/** The key operations, on the database itself or through a server. */
interface Keys {
  list(): AsyncIterable<SecretKey>
  create(input: KeyInput): Promise<SecretKey & { key: string }>
  rotate(keyId: string, overlapSeconds: number | undefined): Promise<SecretKey & { key: string }>
  revoke(keyId: string): Promise<SecretKey>
}

function keysIn(engine: Engine): Keys {
  return {
    list: () => pages((cursor) => listSecretKeys(engine, { limit: 100, ...cursor })),
    create: (input) => createSecretKey(engine, input),
    rotate: (keyId, overlapSeconds) =>
      rotateSecretKey(engine, { keyId, ...(overlapSeconds === undefined ? {} : { overlapSeconds }) }),
    revoke: (keyId) => revokeSecretKey(engine, { keyId }),
  }
}

function keysThrough(server: RunningServer, why: string | undefined): Keys {
  const path = '/api/billing/keys'
  return {
    list: () =>
      pages(({ cursor }) =>
        askServer<Page<SecretKey>>(
          server,
          { method: 'GET', path: `${path}?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}` },
          why,
        ),
      ),
    create: (body) => askServer(server, { method: 'POST', path, body }, why),
    rotate: (keyId, overlapSeconds) =>
      askServer(
        server,
        {
          method: 'POST',
          path: `${path}/${encodeURIComponent(keyId)}/rotate`,
          body: overlapSeconds === undefined ? {} : { overlapSeconds },
        },
        why,
      ),
    revoke: (keyId) =>
      askServer(
        server,
        { method: 'POST', path: `${path}/${encodeURIComponent(keyId)}/revoke`, body: {} },
        why,
      ),
  }
}

async function* pages<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): AsyncGenerator<T> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await read(cursor === undefined ? {} : { cursor })
    yield* page.data
    cursor = page.nextCursor
  }
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

const text = { type: 'string' } as const
const flags = {
  name: text,
  preset: text,
  scopes: text,
  expires: text,
  overlap: text,
  ...serverFlags,
}
type KeysCall = Call<typeof flags>

type Work = (keys: Keys) => Promise<string>

/** The work that the arguments ask for. Throws Refused. */
function workOf({ flags: values, words: [command, keyId, ...more] }: KeysCall): Work {
  if (more.length > 0) throw new WrongCall(`There is a word too many: "${more[0]}".`)
  if (command === 'list' && keyId === undefined) return async (keys) => table(await all(keys.list()))
  if (command === 'create' && keyId === undefined) {
    const input = inputFrom(values)
    return async (keys) => created(await keys.create(input))
  }
  if (command === 'rotate' && keyId !== undefined) {
    const hours = values.overlap === undefined ? undefined : Number(values.overlap)
    if (hours !== undefined && !(hours >= 0 && hours <= 2160))
      throw new Refused(`--overlap must be a number of hours, 0 to 2160: it is "${values.overlap}".`)
    return async (keys) =>
      created(await keys.rotate(keyId, hours === undefined ? undefined : Math.round(hours * 3600)))
  }
  if (command === 'revoke' && keyId !== undefined)
    return async (keys) => `${(await keys.revoke(keyId)).name} is revoked: no server accepts it any more.\n`
  throw new WrongCall(`There is no command "${[command, keyId].filter(Boolean).join(' ')}".`)
}

function inputFrom({ name, preset, scopes, expires }: KeysCall['flags']): KeyInput {
  if (!name?.trim()) throw new Refused('--name is needed: what the key is used for.')
  if (preset !== undefined && !Object.hasOwn(keyPresets, preset))
    throw new Refused(`--preset must be read, events or full: it is "${preset}".`)
  return {
    name: name.trim(),
    ...(preset === undefined ? {} : { preset: preset as keyof typeof keyPresets }),
    ...(scopes === undefined ? {} : { scopes: scopes.split(/[\s,]+/).filter(Boolean) as KeyInput['scopes'] }),
    ...(expires === undefined ? {} : { expiresAt: expires }),
  }
}

const created = (key: SecretKey & { key: string }) => `${key.key}  (shown only now)\n\n${table([key])}`

function table(keys: readonly SecretKey[]): string {
  if (keys.length === 0) return 'There is no key.\n'
  const rows = [
    ['ID', 'NAME', 'KEY', 'SCOPES', 'LAST USED', 'STATE'],
    ...keys.map((key) => [
      key.id,
      key.name,
      key.lastFour === null ? '?' : `${key.prefix}…${key.lastFour}`,
      scopesText(key.scopes),
      minute(key.lastUsedAt) ?? 'never',
      stateOf(key),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function scopesText(scopes: readonly string[]): string {
  const preset = Object.entries(keyPresets).find(([, names]) => names.join() === scopes.join())
  return preset ? preset[0] : scopes.join(',')
}

function stateOf({ revokedAt, expiresAt }: SecretKey): string {
  if (revokedAt !== null) return `revoked ${minute(revokedAt)}`
  return expiresAt === null
    ? 'valid'
    : `${Date.parse(expiresAt) > Date.now() ? 'valid until' : 'expired'} ${minute(expiresAt)}`
}

const minute = (instant: string | null) => instant?.slice(0, 16).replace('T', ' ')

await runCommand({
  usage,
  flags,
  hasWords: true,
  async run(call) {
    const work = workOf(call)
    const told = await onBooks(
      loadSettings(),
      { work: (engine) => work(keysIn(engine)), ask: (server, why) => work(keysThrough(server, why)) },
      call.flags,
    )
    process.stdout.write(told)
    return 0
  },
})
