import { secretKey } from '../program.ts'

/** A token for the portal's API of a server under measurement. */
export async function portalToken(port: number, customerId: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/billing/portal-sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ customerId }),
  })
  if (!answer.ok) throw new Error(`no portal session: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { token: string }).token
}
