import { aheadOfUtc } from './local-time.ts'
import type { ImportOptions } from './options.ts'
import { expectOk, problem, type Answer, type Server } from './server.ts'

/**
 * Ensures that the meters exist: creates them on request, or throws a sentence that names the missing ones.
 */
export async function prepareMeters(
  server: Server,
  { mapping, createMeters }: ImportOptions,
): Promise<string[]> {
  const { data } = expectOk<{ data: { key: string }[] }>(
    await server.request('GET', '/meters'),
    'Reading the meters',
  )
  const missing = mapping.meters
    .map(({ meter }) => meter)
    .filter((meter) => !data.some(({ key }) => key === meter))
  if (missing.length > 0 && !createMeters)
    throw new Error(
      `The server has no meter ${missing.join(', ')}. Add --create-meters, or create them first.`,
    )
  for (const meter of missing) {
    const definition = { name: { 'zh-CN': meter, en: meter }, unit: { 'zh-CN': '个', en: 'units' } }
    expectOk(
      await server.request('PUT', `/meters/${encodeURIComponent(meter)}`, definition),
      `Creating the meter ${meter}`,
    )
  }
  return missing
}

/**
 * Ensures, once each, that customers exist and (with a plan) have a subscription from `startsAt` on.
 * Repeatable: existing ones stay as they are.
 */
export function customerPreparation(
  server: Server,
  options: Pick<ImportOptions, 'timezone' | 'plan'>,
  startsAt: string | undefined,
) {
  const known = new Map<string, Promise<void>>()
  let created = 0
  const prepareOne = async (id: string) => {
    const customer = await findOrCreate(server, id, options.timezone)
    if (customer === 'created') created += 1
    if (customer !== 'refused' && options.plan)
      await subscribe(server, id, { planId: options.plan, startsAt })
  }
  return {
    created: () => created,
    async prepare(customerIds: Iterable<string>) {
      for (const id of new Set(customerIds)) {
        if (!known.has(id)) known.set(id, prepareOne(id))
        await known.get(id)
      }
    },
  }
}

/**
 * An id that no customer can have is `refused`, which does not stop the import: the server rejects its
 * events, each with its line.
 */
async function findOrCreate(
  server: Server,
  id: string,
  timezone: string,
): Promise<'found' | 'created' | 'refused'> {
  const found = await server.request('GET', place(id))
  if (found.status === 200) return 'found'
  const answer =
    found.status === 404
      ? await server.request('POST', '/customers', { id, companyName: id, timezone })
      : found
  if (isCode(answer, 'customer_exists')) return 'found'
  if (isCode(answer, 'validation_failed')) return 'refused'
  expectOk(answer, `Creating the customer ${id}`)
  return 'created'
}

async function subscribe(
  server: Server,
  id: string,
  subscription: { planId: string; startsAt: string | undefined },
) {
  const { status } = expectOk<{ status: string }>(
    await server.request('GET', `${place(id)}/subscription`),
    `Reading the subscription of ${id}`,
  )
  if (status !== 'none') return
  const answer = await server.request('POST', `${place(id)}/subscription`, subscription)
  if (!isCode(answer, 'subscription_exists')) expectOk(answer, `Subscribing ${id} to ${subscription.planId}`)
}

function place(customerId: string): string {
  return `/customers/${encodeURIComponent(customerId)}`
}

function isCode(answer: Answer, code: string): boolean {
  return answer.status >= 400 && problem(answer).code === code
}

/**
 * Local midnight of the 1st of the month of an instant, as an instant. Throws a sentence when the time cannot
 * be parsed.
 */
export function monthStart(time: string, timeZone: string): string {
  const at = Date.parse(time)
  if (Number.isNaN(at))
    throw new Error(
      `The first line's time "${time}" cannot be read; name the start of the subscriptions with --starts-at.`,
    )
  const local = new Date(at + aheadOfUtc(at, timeZone))
  const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1)
  return new Date(midnight - aheadOfUtc(midnight - aheadOfUtc(midnight, timeZone), timeZone)).toISOString()
}
